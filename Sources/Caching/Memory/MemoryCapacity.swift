// SPDX-License-Identifier: Apache-2.0

/// The bound on a memory backend: a number of entries, or a sum of their costs.
///
/// ```swift
/// let byCount = MemoryBackend(capacity: .entries(50_000))
/// let bySize = MemoryBackend(capacity: .encodedBytes(64 << 20))
/// ```
public struct MemoryCapacity: Sendable {
    /// The largest number of entries, or the largest sum of their costs.
    public let limit: Int

    /// The cost of an entry; nil when each entry counts as one.
    let measure: CostMeasure?

    /// Returns a bound on the number of entries.
    ///
    /// - Parameter count: The largest number of entries; less than 1 counts as 1, more than 2^29 as 2^29.
    /// - Returns: The bound.
    public static func entries(_ count: Int) -> MemoryCapacity {
        MemoryCapacity(limit: min(max(1, count), maximumEntries), measure: nil)
    }

    /// Returns a bound on the sum of the costs of the entries.
    ///
    /// An entry that costs more than the bound is not stored, and storing it throws
    /// ``CacheError/entryTooLarge(key:cost:limit:)``.
    ///
    /// - Parameters:
    ///   - limit: The largest sum, in the unit of `cost`; less than 1 counts as 1.
    ///   - cost: A closure that returns the cost of an entry from its key and value; less than 1 counts as 1. It is
    ///     called once for each entry that is stored, and must return the same cost for the same entry.
    /// - Returns: The bound.
    public static func cost(
        _ limit: Int,
        of cost: @escaping @Sendable (_ key: String, _ value: any Sendable) -> Int
    ) -> MemoryCapacity {
        MemoryCapacity(limit: max(1, limit), measure: CostMeasure(custom: cost))
    }

    /// Returns a bound on the bytes of keys and encoded values.
    ///
    /// `String`, `[UInt8]` and `Data` have the size of their bytes. Other values are encoded once when they are stored,
    /// only to learn their size: as CBOR, or by the codec that they were given. It is a measure of how large values are,
    /// not of the memory of the process.
    ///
    /// - Parameter bytes: The largest sum in bytes; less than 1 counts as 1.
    /// - Returns: The bound.
    public static func encodedBytes(_ bytes: Int) -> MemoryCapacity {
        MemoryCapacity(limit: max(1, bytes), measure: .encodedSize)
    }

    /// The default bound: 10,000 entries.
    public static let `default` = MemoryCapacity.entries(10_000)

    /// The largest number of entries that can be configured: a shard numbers its slots with 24 bits.
    static let maximumEntries = 1 << 29

    /// The smallest number of entries for each shard; each shard evicts by itself, so smaller ones lower the hit ratio.
    private static let minimumEntriesPerShard = 1024
    private static let maximumShards = 64
    /// With costs, the number of entries for each shard is not known and may be small.
    private static let maximumShardsWithCosts = 4

    /// The number of shards, a power of two.
    var shards: Int {
        let maximum = measure == nil ? Self.maximumShards : Self.maximumShardsWithCosts
        var shards = 1
        while shards < maximum, limit / (shards * 2) >= Self.minimumEntriesPerShard { shards *= 2 }
        return shards
    }
}

/// The measure of the cost of an entry, in a memory backend that is bounded by cost.
struct CostMeasure: Sendable {
    private let custom: (@Sendable (String, any Sendable) -> Int)?

    /// The measure that counts the bytes of the key and of the encoded value.
    static let encodedSize = CostMeasure(custom: nil)

    init(custom: (@Sendable (String, any Sendable) -> Int)?) { self.custom = custom }

    /// Returns the cost of an entry, from 1 to the largest number of 32 bits.
    func cost(of value: StoredValue, key: String) throws -> Int {
        let cost = try custom.map { $0(key, value.anyValue) } ?? value.encodedSize() + key.utf8.count
        return min(max(1, cost), Int(UInt32.max))
    }
}
