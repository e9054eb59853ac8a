// SPDX-License-Identifier: Apache-2.0

import CCaching
public import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Zeroed memory for trivial elements, which grows: one column of a table whose rows are slots.
///
/// An `Array` would check bounds, uniqueness and exclusivity at each access, and touch all of its memory when it is
/// made; this is zero pages of the system until somebody writes. It costs nothing to make it large.
///
/// It is owned by one value and freed with it. It is `@unchecked Sendable` because of the pointer: whoever owns it
/// guards it, as with any other `var`.
@usableFromInline
package struct UnsafeColumn<Row: ColumnRow, Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
    @usableFromInline private(set) var base: UnsafeMutablePointer<Element>
    @usableFromInline package private(set) var count: Int
    /// What was allocated; `base` is the first cache line in it.
    @usableFromInline var memory: UnsafeMutableRawPointer

    /// Zeroed elements.
    package init(count: Int) {
        self.count = max(1, count)
        (memory, base) = Self.allocate(self.count)
    }

    // Inlinable: Swift 6.3.1 crashes when a property that is usable from inline has a type whose end is not.
    @inlinable
    deinit { Self.release(memory) }

    /// The element of a row; in debug builds, rows that do not exist trap.
    @inlinable
    package subscript(row: Row) -> Element {
        @inline(__always) get {
            assert(row.index >= 0 && row.index < count)
            return base[row.index]
        }
        @inline(__always) nonmutating set {
            assert(row.index >= 0 && row.index < count)
            base[row.index] = newValue
        }
    }

    /// Says that a row will be needed soon.
    @inline(__always)
    func prefetch(_ row: Row) { caching_prefetch(base + row.index) }

    /// Adds zeroed elements up to this many.
    package mutating func grow(to newCount: Int) {
        guard newCount > count else { return }
        let (newMemory, grown) = Self.allocate(newCount)
        grown.update(from: base, count: count)
        free(memory)
        (memory, base, count) = (newMemory, grown, newCount)
    }

    @usableFromInline
    static func release(_ memory: UnsafeMutableRawPointer) { free(memory) }

    private static func allocate(_ count: Int) -> (UnsafeMutableRawPointer, UnsafeMutablePointer<Element>) {
        // Not `aligned_alloc`, whose memory would have to be zeroed, and so touched.
        guard let memory = calloc(1, count * MemoryLayout<Element>.stride + CacheLine.size) else {
            // As an array does: no caller could go on without the memory.
            fatalError("swift-caching: the system has no memory for \(count) elements of \(Element.self)")
        }
        let base = memory.alignedUp(toMultipleOf: CacheLine.size)
        return (memory, base.bindMemory(to: Element.self, capacity: count))
    }
}

/// Bytes that several threads change at once, where it does no harm that one change is lost.
extension UnsafeColumn where Element == UInt8 {
    @inlinable
    @inline(__always)
    func loadRelaxed(_ row: Row) -> UInt8 { atomic(row).pointee.load(ordering: .relaxed) }

    @inlinable
    @inline(__always)
    func storeRelaxed(_ value: UInt8, _ row: Row) { atomic(row).pointee.store(value, ordering: .relaxed) }

    @inlinable
    @inline(__always)
    func atomic(_ row: Row) -> UnsafeMutablePointer<Atomic<UInt8>> {
        assert(row.index >= 0 && row.index < count)
        return UnsafeMutableRawPointer(base + row.index).assumingMemoryBound(to: Atomic<UInt8>.self)
    }
}

/// A type whose values are the row numbers of a column.
@usableFromInline
package protocol ColumnRow {
    /// The number of the row.
    var index: Int { get }
}

extension Slot: ColumnRow {}

extension Int: ColumnRow {
    @inlinable
    package var index: Int {
        @inline(__always) get { self }
    }
}
