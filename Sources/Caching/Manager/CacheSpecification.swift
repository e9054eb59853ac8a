// SPDX-License-Identifier: Apache-2.0

/// What a manager needs to know to make one of its caches.
struct CacheSpecification {
    let name: String
    /// Where entries are kept; nil when the cache is switched off.
    let backend: (any CacheBackend)?
    let keyPrefix: String
    let defaults: CacheDefaults
    let ownsBackend: Bool
}
