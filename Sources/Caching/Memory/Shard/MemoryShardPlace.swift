// SPDX-License-Identifier: Apache-2.0

/// The address of a shard, or its capacity while it is released.
///
/// It is a value of its own in the cell, so that a change of it is not an access to the lock. It is `@unchecked Sendable`
/// because of the pointer, to which the owner of the place synchronises all access.
@usableFromInline
struct MemoryShardPlace: @unchecked Sendable {
    /// The shard; while it is released, an empty shard that all stores share.
    @usableFromInline private(set) var shard: UnsafeMutablePointer<MemoryShard>

    /// The capacity of the shard after it is restored; nil while it is not released.
    private var releasedShare: Int?

    init(_ shape: ShardShape, capacity: Int) {
        shard = .allocate(capacity: 1)
        shard.initialize(to: MemoryShard(shape, capacity: capacity, share: capacity))
    }

    /// Frees the shard; the place must not be used afterwards.
    func free() { if releasedShare == nil { _ = Self.take(shard) } }

    var isReleased: Bool { releasedShare != nil }
    var capacity: Int { releasedShare ?? shard.pointee.policy.capacity }
    var share: Int { releasedShare ?? shard.pointee.share }

    /// Removes the shard with its tables; the caller must hold the lock for writing.
    ///
    /// Readers find nothing from then on.
    ///
    /// - Parameter share: The capacity of the shard after it is restored.
    /// - Returns: The shard, which takes time to free; nil when it was released before.
    mutating func release(share: Int) -> RetiredShard? {
        guard releasedShare == nil else { return nil }
        defer { (shard, releasedShare) = (MemoryShard.none, share) }
        return Self.take(shard)
    }

    /// Creates a shard in place of a released one; the caller must hold the lock for writing.
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
    /// A shard without capacity and entries, which is never written.
    ///
    /// It lives as long as the process, so that any reader may access it at any time: hits write only to entries and to
    /// shadows, and it has neither.
    fileprivate nonisolated(unsafe) static let none: UnsafeMutablePointer<MemoryShard> = {
        let address = UnsafeMutablePointer<MemoryShard>.allocate(capacity: 1)
        let shape = ShardShape(hasCosts: false, feedsShadows: false, hash: .shared)
        address.initialize(to: MemoryShard(shape, capacity: 0, share: 0))
        return address
    }()
}

/// A shard that is no longer used, as an object that a task can free.
final class RetiredShard: Sendable {
    private let shard: MemoryShard

    init(_ shard: consuming MemoryShard) { self.shard = shard }

    var count: Int { shard.count }
}
