// SPDX-License-Identifier: Apache-2.0

/// The names of caches with a special meaning.
package enum CacheName {
    /// The name of the default cache.
    package static let `default` = "default"
}
