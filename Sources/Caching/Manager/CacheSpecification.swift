// SPDX-License-Identifier: Apache-2.0

/// What a manager needs to know to make one of its caches.
struct CacheSpecification {
    let name: String
    let backend: any CacheBackend
    let keyPrefix: String
    let defaults: CacheDefaults
    let ownsBackend: Bool
}
