// SPDX-License-Identifier: Apache-2.0

/// The names of caches with a meaning of their own.
package enum CacheName {
    /// The name of the cache that is used when none is named.
    package static let `default` = "default"
}
