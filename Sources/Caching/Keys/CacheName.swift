// SPDX-License-Identifier: Apache-2.0

/// What is known about the names of caches.
package enum CacheName {
    /// The name of the cache that is used when none is named.
    package static let `default` = "default"
}
