// SPDX-License-Identifier: Apache-2.0

import Caching

/// A cache whose writes are measured.
protocol WriteCache: Sendable {
    func get(_ key: String) -> HitValue?
    func put(_ value: HitValue, for key: String)
}

/// The memory backend; entries do not expire.
struct BackendWriteCache: WriteCache {
    let backend: MemoryBackend

    init(capacity: Int) { backend = MemoryBackend(capacity: .entries(capacity)) }

    func get(_ key: String) -> HitValue? { backend.value(for: key, as: HitValue.self) }
    func put(_ value: HitValue, for key: String) { backend.insert(value, for: key) }
}
