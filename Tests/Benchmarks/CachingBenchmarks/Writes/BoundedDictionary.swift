// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A bounded dictionary as written by hand, first in, first out.
final class BoundedDictionary<Value: MeasuredValue>: MeasuredCache {
    private struct Contents {
        var values: [String: Value] = [:]
        var order: [String] = []
        var oldest = 0
    }

    private let contents = Mutex(Contents())
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    func get(_ key: String) -> Value? { contents.withLock { $0.values[key] } }

    func put(_ value: Value, for key: String) {
        // Replaced and evicted values are freed after the lock.
        _ = contents.withLock { contents -> Value? in
            if let old = contents.values.updateValue(value, forKey: key) { return old }
            if contents.order.count < capacity {
                contents.order.append(key)
                return nil
            }
            let victim = contents.order[contents.oldest]
            contents.order[contents.oldest] = key
            contents.oldest = contents.oldest + 1 == capacity ? 0 : contents.oldest + 1
            return contents.values.removeValue(forKey: victim)
        }
    }
}
