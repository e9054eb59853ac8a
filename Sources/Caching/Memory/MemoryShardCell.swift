// SPDX-License-Identifier: Apache-2.0

#if THREAD_SANITIZER
    import Synchronization
#else
    public import Synchronization
#endif

/// A shard behind its lock.
@usableFromInline
struct MemoryShardCell: ~Copyable, Sendable {
    @usableFromInline let mutex: Mutex<MemoryShard>

    init(_ shape: ShardShape, capacity: Int) {
        mutex = Mutex(MemoryShard(shape, capacity: capacity, share: capacity))
    }

    /// Puts an empty shard in place of this one, and returns this one, which costs time to free.
    ///
    /// The caller sees to it that nobody changes the capacity meanwhile.
    func replace(_ shape: ShardShape) -> RetiredShard {
        let (capacity, share) = mutex.withLock { ($0.policy.capacity, $0.share) }
        var old = MemoryShard(shape, capacity: capacity, share: share)
        mutex.withLock { shard in
            old.hits = shard.hits
            swap(&shard, &old)
        }
        return RetiredShard(old)
    }
}

/// A shard that is out of use, as an object that can be handed to somebody else to be freed.
final class RetiredShard: Sendable {
    private let shard: MemoryShard

    init(_ shard: consuming MemoryShard) { self.shard = shard }

    var count: Int { shard.count }
}
