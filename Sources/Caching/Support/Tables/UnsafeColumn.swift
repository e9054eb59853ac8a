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

/// A column of a table: zeroed memory for trivial elements, which can grow.
///
/// An `Array` would check bounds, uniqueness and exclusivity at each access, and write all of its memory when it is
/// created. A column consists of zero pages of the system until it is written, so a large one costs nothing.
///
/// It is unsafe because borrowed access can change elements. It is `@unchecked Sendable` because of the pointer: the
/// memory is owned by one value and freed with it, and the owner synchronises all access.
@usableFromInline
package struct UnsafeColumn<Row: ColumnRow, Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
    @usableFromInline private(set) var base: UnsafeMutablePointer<Element>
    @usableFromInline package private(set) var count: Int
    /// The allocated memory; `base` is the first cache line in it.
    @usableFromInline var memory: UnsafeMutableRawPointer

    /// Creates a column of zeroed elements.
    package init(count: Int) {
        self.count = max(1, count)
        (memory, base) = Self.allocate(self.count)
    }

    // Inlinable: Swift 6.3.1 crashes when a property that is usable from inline has a type whose end is not.
    @inlinable
    deinit { Self.release(memory) }

    /// The element in a row; a row that does not exist is a trap in debug builds only.
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

    /// Prefetches a row.
    @inline(__always)
    func prefetch(_ row: Row) { caching_prefetch(base + row.index) }

    /// Adds zeroed elements until there are this many.
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
        // `aligned_alloc` would need zeroing, which writes all pages.
        guard let memory = calloc(1, count * MemoryLayout<Element>.stride + CacheLine.size) else {
            // An array traps here too: no caller could go on without the memory.
            fatalError("swift-caching: the system has no memory for \(count) elements of \(Element.self)")
        }
        let base = memory.alignedUp(toMultipleOf: CacheLine.size)
        return (memory, base.bindMemory(to: Element.self, capacity: count))
    }
}

/// Access to bytes that several threads change at once, where a lost change does no harm.
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
