// SPDX-License-Identifier: Apache-2.0

/// How much a memory backend holds before it evicts.
public struct MemoryCapacity: Sendable, Hashable {
    /// The largest number of entries.
    public let entries: Int

    /// A bound on the number of entries.
    ///
    /// - Parameter count: The largest number of entries; less than 1 counts as 1.
    /// - Returns: The bound.
    public static func entries(_ count: Int) -> MemoryCapacity { MemoryCapacity(entries: max(1, count)) }

    /// What a cache gets when nothing else is said: 10,000 entries.
    public static let `default` = MemoryCapacity.entries(10_000)

    /// The largest number of entries that can be configured: slots are numbered with 31 bits.
    static let maximumEntries = 1 << 30
}
