// SPDX-License-Identifier: Apache-2.0

/// The hit path.
///
/// Inlinable, because a generic hit across modules costs four times as much as a specialised one.
extension MemoryStore {
    /// The fresh value of a key if it is of exactly this type: the hit path.
    ///
    /// A hit is counted in the counter of the cache, a miss is not. While nobody writes to the shard it writes nothing that other threads use, and
    /// what it reads of other threads' is protected by the shard's lock, which is held without taking it.
    @inlinable
    func value<Value: Sendable>(
        forKey key: String,
        as type: Value.Type,
        countingIn hits: borrowing HitCounter
    ) -> Value? {
        let hash = hash(key)
        let now = now
        let number = shard(hash)
        let cell = shards + number
        guard let reader = cell.pointee.lock.enter(UInt(bitPattern: cell)) else {
            return valueUnderMutex(key, hash, now, as: type, countingIn: hits)
        }
        let shard = cell.pointee.shard
        let shardHash = UInt32(truncatingIfNeeded: hash)
        let value = shard.pointee.hit(key, hash: shardHash, now: now, as: type)
        guard let value else {
            ReadBiasedLock.leave(reader)
            return nil
        }
        let readerNumber = reader.pointee.number
        hits.countHit(reader: readerNumber)
        let isSampled = shard.pointee.policy.isSampled(shardHash)
        let isFull = isSampled && shard.pointee.readBuffers.append(shardHash, readerNumber)
        ReadBiasedLock.leave(reader)
        if isFull { passOnReadBuffer(of: readerNumber) }
        return value
    }

    @inlinable
    @inline(never)
    func valueUnderMutex<Value: Sendable>(
        _ key: String,
        _ hash: UInt64,
        _ now: CacheInstant,
        as type: Value.Type,
        countingIn hits: borrowing HitCounter
    ) -> Value? {
        let cell = shards + shard(hash)
        let hash = UInt32(truncatingIfNeeded: hash)
        let value = cell.pointee.lock.withReadLock {
            let value = cell.pointee.shard.pointee.hit(key, hash: hash, now: now, as: type)
            if value != nil, cell.pointee.shard.pointee.policy.isSampled(hash) {
                cell.pointee.shard.pointee.policy.sample(hash)
            }
            return value
        }
        if value != nil { hits.countHit() }
        return value
    }

    /// Shows the shadows what a reader has kept for them.
    @usableFromInline
    @inline(never)
    func passOnReadBuffer(of reader: Int) { shards.pointee.lock.withMutex { drainReadBuffer(of: reader) } }

    /// Shows the shadows what all readers have kept; only for who writes to the first shard.
    @inline(never)
    func drainReadBuffers() {
        for reader in 0..<ReaderTable.maximum { drainReadBuffer(of: reader) }
    }

    /// Shows the shadows what a reader has kept; only for who has the mutex of the first shard, which has shadows.
    func drainReadBuffer(of reader: Int) {
        let shard = shards.pointee.shard
        shard.pointee.readBuffers.drain(reader) { shard.pointee.policy.sample($0) }
    }

    /// Tells the policy of a hit that was not found by ``value(forKey:as:countingIn:)``; counts nothing.
    func recordHit(_ key: String) {
        let hash = hash(key)
        let cell = shards + shard(hash)
        cell.pointee.lock.withMutex {
            let hash = UInt32(truncatingIfNeeded: hash)
            if let slot = cell.pointee.shard.pointee.find(key, hash: hash) {
                cell.pointee.shard.pointee.policy.recordHit(slot, hash: hash)
            }
        }
    }
}
