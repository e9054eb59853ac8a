// SPDX-License-Identifier: Apache-2.0

import CCaching

/// The slots of a shard, in memory of their own.
///
/// An array would check bounds and uniqueness at each access. It is unsafe because borrowed access can change slots. It
/// is `@unchecked Sendable` because of the pointer: the memory is owned by one value and freed with it, and the owner
/// synchronises all access.
@usableFromInline
package struct UnsafeSlotTable: ~Copyable, @unchecked Sendable {
    @usableFromInline private(set) var base: UnsafeMutablePointer<MemorySlot>
    @usableFromInline package private(set) var count: Int

    package init(count: Int) {
        self.count = count
        base = Self.allocate(count)
        base.initialize(repeating: .empty, count: count)
    }

    // Inlinable: Swift 6.3.1 crashes when a property that is usable from inline has a type whose end is not.
    @inlinable
    deinit {
        releaseValues()
        base.deinitialize(count: count)
        base.deallocate()
    }

    @inlinable
    package subscript(slot: Slot) -> MemorySlot {
        @inline(__always) unsafeAddress {
            assert(slot.index < count)
            return UnsafePointer(base + slot.index)
        }
        @inline(__always) nonmutating unsafeMutableAddress {
            assert(slot.index < count)
            return base + slot.index
        }
    }

    @usableFromInline
    func releaseValues() {
        for slot in 0..<count { base[slot].value?.release() }
    }

    /// Prefetches a slot.
    func prefetch(_ slot: Slot) { caching_prefetch(base + slot.index) }

    /// Adds empty slots until there are this many.
    package mutating func grow(to newCount: Int) {
        guard newCount > count else { return }
        let grown = Self.allocate(newCount)
        grown.moveInitialize(from: base, count: count)
        (grown + count).initialize(repeating: .empty, count: newCount - count)
        base.deallocate()
        (base, count) = (grown, newCount)
    }

    /// Returns memory in which no slot lies across two cache lines.
    private static func allocate(_ count: Int) -> UnsafeMutablePointer<MemorySlot> {
        UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<MemorySlot>.stride, alignment: CacheLine.size)
            .bindMemory(to: MemorySlot.self, capacity: count)
    }

    /// Calls a closure with the UTF-8 of the key of a slot.
    func withKeyBytes<Result>(_ slot: Slot, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = self[slot].key.utf8.withContiguousStorageIfAvailable(body) { return result }
        return Array(self[slot].key.utf8).withUnsafeBufferPointer(body)
    }
}

/// The part of an entry that a hit needs: half a cache line.
@usableFromInline
package struct MemorySlot: Sendable {
    @usableFromInline package var key: String

    /// The value; nil when the slot is empty.
    ///
    /// The slot owns a reference. It is unmanaged, so that a hit reads the value without changing the reference count.
    @usableFromInline package var value: Unmanaged<StoredValue>?

    /// The end of the time in which the value is fresh.
    @usableFromInline package var freshUntil: CacheInstant

    static let empty = MemorySlot(key: "", value: nil, freshUntil: CacheInstant(nanoseconds: 0))
}
