// SPDX-License-Identifier: Apache-2.0

import Caching

/// The capacity of a backend and the number of keys for a ``MemoryModelRun``.
struct MemoryModelShape: CustomStringConvertible, Sendable {
    let limit: Int
    let keyCount: Int
    let hasCosts: Bool

    static func entries(_ limit: Int, keys: Int) -> Self { Self(limit: limit, keyCount: keys, hasCosts: false) }
    static func cost(_ limit: Int, keys: Int) -> Self { Self(limit: limit, keyCount: keys, hasCosts: true) }

    var capacity: MemoryCapacity {
        hasCosts ? .cost(limit) { _, value in (value as? Int ?? 0) & 0xF_FFFF } : .entries(limit)
    }

    var description: String { "\(hasCosts ? "cost" : "entries") \(limit), \(keyCount) keys" }

    /// Returns the cost of a new entry: mostly small, sometimes a large part of the capacity, rarely more than it.
    func randomCost(of limit: Int, _ random: inout SeededGenerator) -> Int {
        switch Int.random(in: 0..<1000, using: &random) {
        case 0: Int.random(in: 1...limit * 2, using: &random)
        case 1..<10: Int.random(in: 1...max(1, limit / 3), using: &random)
        case 10..<200: Int.random(in: 1...20, using: &random)
        default: Int.random(in: 1...3, using: &random)
        }
    }
}
