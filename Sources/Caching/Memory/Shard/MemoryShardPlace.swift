// SPDX-License-Identifier: Apache-2.0

/// Where a shard is, or what it may hold when it comes back.
///
/// A part of its cell, so that changing it is no access to the lock beside it. It is `@unchecked Sendable` because of the
/// pointer, which whoever owns the place guards.
@usableFromInline
struct MemoryShardPlace: @unchecked Sendable {
    /// The shard; the empty one that all stores share while this one is released.
    @usableFromInline private(set) var shard: UnsafeMutablePointer<MemoryShard>

    /// The capacity of the shard when it comes back; nil while it is there.
    private var releasedShare: Int?

    init(_ shape: ShardShape, capacity: Int) {
        shard = .allocate(capacity: 1)
        shard.initialize(to: MemoryShard(shape, capacity: capacity, share: capacity))
    }

    /// Frees the shard; nobody uses the place any more.
    func free() { if releasedShare == nil { _ = Self.take(shard) } }

    var isReleased: Bool { releasedShare != nil }
    var capacity: Int { releasedShare ?? shard.pointee.policy.capacity }
    var share: Int { releasedShare ?? shard.pointee.share }

    /// Takes the shard out, with its tables; only for who writes.
    ///
    /// Readers find nothing from then on.
    ///
    /// - Parameter share: What the shard may hold when it comes back.
    /// - Returns: The shard, which costs time to free; nil when it was released before.
    mutating func release(share: Int) -> RetiredShard? {
        guard releasedShare == nil else { return nil }
        defer { (shard, releasedShare) = (MemoryShard.none, share) }
        return Self.take(shard)
    }

    /// Gives a shard that was released its tables back; only for who writes.
    mutating func restore(_ shape: ShardShape) {
        guard let share = releasedShare else { return }
        shard = .allocate(capacity: 1)
        shard.initialize(to: MemoryShard(shape, capacity: share, share: share))
        releasedShare = nil
    }

    private static func take(_ shard: UnsafeMutablePointer<MemoryShard>) -> RetiredShard {
        defer { shard.deallocate() }
        return RetiredShard(shard.move())
    }
}

extension MemoryShard {
    /// A shard without room or entries, which nobody writes to.
    ///
    /// It stays for as long as the process, so that readers may find it whenever they look: hits write only to entries
    /// and to shadows, and it has neither.
    fileprivate nonisolated(unsafe) static let none: UnsafeMutablePointer<MemoryShard> = {
        let address = UnsafeMutablePointer<MemoryShard>.allocate(capacity: 1)
        let shape = ShardShape(hasCosts: false, feedsShadows: false, hash: .shared)
        address.initialize(to: MemoryShard(shape, capacity: 0, share: 0))
        return address
    }()
}

/// A shard that is out of use, as an object that can be handed to somebody else to be freed.
final class RetiredShard: Sendable {
    private let shard: MemoryShard

    init(_ shard: consuming MemoryShard) { self.shard = shard }

    var count: Int { shard.count }
}
