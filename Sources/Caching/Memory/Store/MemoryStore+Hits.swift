// SPDX-License-Identifier: Apache-2.0

/// The hit path.
///
/// Inlinable, because a generic hit across modules costs four times as much as a specialised one.
extension MemoryStore {
    /// Returns the fresh value of a key if it is of exactly this type.
    ///
    /// Counts a hit in the counter of the cache; a miss is not counted. While the shard is read-biased, a hit writes no
    /// memory that other threads use: it holds the lock of the shard as a reader, without its mutex.
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

    /// Replays the buffered hits of a reader in the shadows.
    @usableFromInline
    @inline(never)
    func passOnReadBuffer(of reader: Int) { shards.pointee.lock.withMutex { drainReadBuffer(of: reader) } }

    /// Replays the buffered hits of all readers in the shadows; the caller must hold the first shard for writing.
    @inline(never)
    func drainReadBuffers() {
        for reader in 0..<ReaderTable.maximum { drainReadBuffer(of: reader) }
    }

    /// Replays the buffered hits of a reader in the shadows; the caller must hold the mutex of the first shard, which feeds
    /// them.
    func drainReadBuffer(of reader: Int) {
        let shard = shards.pointee.shard
        shard.pointee.readBuffers.drain(reader) { shard.pointee.policy.sample($0) }
    }

    /// Records in the policy a hit that another method than ``value(forKey:as:countingIn:)`` found, without counting it.
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
