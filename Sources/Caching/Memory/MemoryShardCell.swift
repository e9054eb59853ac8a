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

    init(capacity: Int) { mutex = Mutex(MemoryShard(capacity: capacity)) }

    /// Puts an empty shard in place of this one; the old entries are freed after the lock is released.
    func replace(with empty: consuming sending MemoryShard) {
        var old = empty
        mutex.withLock { shard in
            old.hits = shard.hits
            swap(&shard, &old)
        }
        _ = consume old
    }
}
