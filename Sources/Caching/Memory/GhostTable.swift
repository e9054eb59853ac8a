// SPDX-License-Identifier: Apache-2.0

/// Remembers the hashes of the entries that were evicted last, without their keys.
///
/// A direct-mapped table of fingerprints with the number of the eviction: a slot that is written again forgets its
/// older ghost, and a ghost counts only until as many evictions have followed as it is to remember.
struct GhostTable {
    private var fingerprints: [UInt32]
    private var stamps: [UInt32]
    private var evictions: UInt32 = 0
    private let capacity: UInt32
    private let mask: Int

    init(capacity: Int) {
        self.capacity = UInt32(clamping: capacity)
        var size = 1
        while size < capacity * 2 { size *= 2 }
        mask = size - 1
        fingerprints = [UInt32](repeating: 0, count: size)
        stamps = [UInt32](repeating: 0, count: size)
    }

    mutating func put(_ hash: UInt64) {
        evictions &+= 1
        let position = Int(truncatingIfNeeded: hash) & mask
        fingerprints[position] = Self.fingerprint(hash)
        stamps[position] = evictions
    }

    /// Whether a hash was evicted lately; asking forgets it.
    mutating func take(_ hash: UInt64) -> Bool {
        let position = Int(truncatingIfNeeded: hash) & mask
        guard fingerprints[position] == Self.fingerprint(hash), evictions &- stamps[position] < capacity else {
            return false
        }
        fingerprints[position] = 0
        return true
    }

    private static func fingerprint(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32) | 1 }
}
