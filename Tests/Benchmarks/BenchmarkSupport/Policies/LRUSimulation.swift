// SPDX-License-Identifier: Apache-2.0

/// Least recently used: a list through the keys, with the next victim at its tail.
struct LRUSimulation {
    private static let none: Int32 = -1
    private var newer: [Int32]
    private var older: [Int32]
    private var isResident: [Bool]
    private var newest = none
    private var oldest = none
    private var count = 0

    private init(keys: Int) {
        newer = [Int32](repeating: Self.none, count: keys)
        older = newer
        isResident = [Bool](repeating: false, count: keys)
    }

    static func hits(in trace: InternedTrace, capacity: Int) -> Int {
        var simulation = LRUSimulation(keys: trace.keys.count)
        var hits = 0
        for key in trace.requests where simulation.request(key, capacity: max(1, capacity)) { hits += 1 }
        return hits
    }

    /// Gets or puts a key, and returns whether it was present.
    private mutating func request(_ key: Int32, capacity: Int) -> Bool {
        let isHit = isResident[Int(key)]
        if isHit {
            guard key != newest else { return true }
            remove(key)
        } else if count == capacity {
            isResident[Int(oldest)] = false
            remove(oldest)
        }
        isResident[Int(key)] = true
        older[Int(key)] = newest
        newer[Int(key)] = Self.none
        if newest == Self.none { oldest = key } else { newer[Int(newest)] = key }
        newest = key
        count += 1
        return isHit
    }

    private mutating func remove(_ key: Int32) {
        let (before, after) = (older[Int(key)], newer[Int(key)])
        if before == Self.none { oldest = after } else { newer[Int(before)] = after }
        if after == Self.none { newest = before } else { older[Int(after)] = before }
        count -= 1
    }
}
