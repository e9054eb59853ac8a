// SPDX-License-Identifier: Apache-2.0

import Caching
import Foundation
import Synchronization

/// A cache whose hits or writes are measured.
protocol MeasuredCache: Sendable {
    func get(_ key: String) -> HitValue?
    func put(_ value: HitValue, for key: String)
}

/// The memory backend; entries live for `ttl`, nil for as long as there is room.
struct MeasuredBackend: MeasuredCache {
    let backend: MemoryBackend
    let ttl: Duration?

    init(capacity: Int, ttl: Duration?) {
        backend = MemoryBackend(capacity: .entries(capacity))
        self.ttl = ttl
    }

    func get(_ key: String) -> HitValue? { backend.value(for: key, as: HitValue.self) }
    func put(_ value: HitValue, for key: String) { backend.insert(value, for: key, ttl: ttl) }
}

/// What one would write by hand: neither bound nor expiry.
final class DictionaryHitCache: MeasuredCache {
    private let values = Mutex<[String: HitValue]>([:])

    func get(_ key: String) -> HitValue? { values.withLock { $0[key] } }
    func put(_ value: HitValue, for key: String) { values.withLock { $0[key] = value } }
}

/// Foundation's cache, whose keys are objects: each get makes one, as a user of it would.
///
/// It is thread-safe by its documentation, but not marked so.
final class FoundationHitCache: MeasuredCache, @unchecked Sendable {
    private let values = NSCache<NSString, HitValue>()

    func get(_ key: String) -> HitValue? { values.object(forKey: NSString(string: key)) }
    func put(_ value: HitValue, for key: String) { values.setObject(value, forKey: NSString(string: key)) }
}
