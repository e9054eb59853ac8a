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

/// The memory backend, whose entries have the lifetime `ttl`, or none.
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

/// A dictionary with a mutex as written by hand, without bound or expiry.
final class DictionaryHitCache<Value: MeasuredValue>: MeasuredCache {
    private let values = Mutex<[String: Value]>([:])

    func get(_ key: String) -> Value? { values.withLock { $0[key] } }
    func put(_ value: Value, for key: String) { values.withLock { $0[key] = value } }
}

/// Foundation's cache, whose keys are objects: each get makes one, as in real use.
///
/// Unchecked, because `NSCache` is thread-safe by its documentation and not marked `Sendable`.
final class FoundationHitCache<Value: MeasuredValue>: MeasuredCache, @unchecked Sendable {
    private let values = NSCache<NSString, Value.Object>()

    func get(_ key: String) -> Value? { values.object(forKey: NSString(string: key)).map { Value.value(of: $0) } }
    func put(_ value: Value, for key: String) { values.setObject(value.object, forKey: NSString(string: key)) }
}
