// SPDX-License-Identifier: Apache-2.0

/// How much a memory backend holds before it evicts: so many entries, or entries that cost so much together.
public struct MemoryCapacity: Sendable {
    /// The largest number of entries, or the largest sum of their costs.
    public let limit: Int

    /// Nil when each entry counts as one.
    let measure: CostMeasure?

    /// A bound on the number of entries.
    ///
    /// - Parameter count: The largest number of entries; less than 1 counts as 1, more than 2^29 as 2^29.
    /// - Returns: The bound.
    public static func entries(_ count: Int) -> MemoryCapacity {
        MemoryCapacity(limit: min(max(1, count), maximumEntries), measure: nil)
    }

    /// A bound on the sum of what the entries cost.
    ///
    /// An entry that costs more than the bound is not stored, and storing it throws
    /// ``CacheError/entryTooLarge(key:cost:limit:)``.
    ///
    /// - Parameters:
    ///   - limit: The largest sum, in whatever unit `cost` counts; less than 1 counts as 1.
    ///   - cost: What an entry costs, from its key and its value. Less than 1 counts as 1. It is called once for each
    ///     entry that is stored, and has to give the same for the same.
    /// - Returns: The bound.
    public static func cost(
        _ limit: Int,
        of cost: @escaping @Sendable (_ key: String, _ value: any Sendable) -> Int
    ) -> MemoryCapacity {
        MemoryCapacity(limit: max(1, limit), measure: CostMeasure(custom: cost))
    }

    /// A bound on the bytes of keys and encoded values.
    ///
    /// Each value is encoded once when it is stored, only to learn its size; the live value is what is kept. It is a
    /// measure of how large values are, not of the memory of the process.
    ///
    /// - Parameter bytes: The largest sum in bytes; less than 1 counts as 1.
    /// - Returns: The bound.
    public static func encodedBytes(_ bytes: Int) -> MemoryCapacity {
        MemoryCapacity(limit: max(1, bytes), measure: .encodedSize)
    }

    /// What a cache gets when nothing else is said: 10,000 entries.
    public static let `default` = MemoryCapacity.entries(10_000)

    /// The largest number of entries that can be configured: a shard numbers its slots with 24 bits.
    static let maximumEntries = 1 << 29

    /// Fewer entries per shard than this cost hit ratio, because each shard evicts for itself.
    private static let minimumEntriesPerShard = 1024
    private static let maximumShards = 64
    /// With costs there may be few entries to a shard, and no telling how few.
    private static let maximumShardsWithCosts = 4

    /// How many locks the entries are spread over: a power of two.
    var shards: Int {
        let maximum = measure == nil ? Self.maximumShards : Self.maximumShardsWithCosts
        var shards = 1
        while shards < maximum, limit / (shards * 2) >= Self.minimumEntriesPerShard { shards *= 2 }
        return shards
    }
}

/// What an entry costs in a memory backend that is bounded by cost.
struct CostMeasure: Sendable {
    private let custom: (@Sendable (String, any Sendable) -> Int)?

    /// The bytes of the key and of the encoded value.
    static let encodedSize = CostMeasure(custom: nil)

    init(custom: (@Sendable (String, any Sendable) -> Int)?) { self.custom = custom }

    /// At least 1; more than 32 bits can count is as much as they can.
    func cost(of value: StoredValue, key: String) throws -> Int {
        let cost = try custom.map { $0(key, value.anyValue) } ?? value.encoded().count + key.utf8.count
        return min(max(1, cost), Int(UInt32.max))
    }
}
