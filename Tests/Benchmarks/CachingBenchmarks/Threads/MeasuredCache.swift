// SPDX-License-Identifier: Apache-2.0

import Caching
import Foundation
import Synchronization

/// A cache whose hits or writes are measured.
protocol MeasuredCache<Value>: Sendable {
    associatedtype Value: MeasuredValue

    func get(_ key: String) -> Value?
    func put(_ value: Value, for key: String)
}

/// The memory backend; entries live for `ttl`, nil for as long as there is room.
struct MeasuredBackend<Value: MeasuredValue>: MeasuredCache {
    let backend: MemoryBackend
    let ttl: Duration?

    init(capacity: Int, ttl: Duration?) {
        backend = MemoryBackend(capacity: .entries(capacity))
        self.ttl = ttl
    }

    func get(_ key: String) -> Value? { backend.value(for: key, as: Value.self) }
    func put(_ value: Value, for key: String) { backend.insert(value, for: key, ttl: ttl) }
}

/// What one would write by hand: neither bound nor expiry.
final class DictionaryHitCache<Value: MeasuredValue>: MeasuredCache {
    private let values = Mutex<[String: Value]>([:])

    func get(_ key: String) -> Value? { values.withLock { $0[key] } }
    func put(_ value: Value, for key: String) { values.withLock { $0[key] = value } }
}

/// Foundation's cache, whose keys are objects: each get makes one, as a user of it would.
///
/// It is thread-safe by its documentation, but not marked so.
final class FoundationHitCache<Value: MeasuredValue>: MeasuredCache, @unchecked Sendable {
    private let values = NSCache<NSString, Value.Object>()

    func get(_ key: String) -> Value? { values.object(forKey: NSString(string: key)).map { Value.value(of: $0) } }
    func put(_ value: Value, for key: String) { values.setObject(value.object, forKey: NSString(string: key)) }
}
