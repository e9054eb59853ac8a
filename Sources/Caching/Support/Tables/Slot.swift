// SPDX-License-Identifier: Apache-2.0

/// The number of a row in the tables of a shard.
///
/// A type of its own, so that a slot cannot be passed for a position in an index, a count or a capacity.
@usableFromInline
package struct Slot: RawRepresentable, Hashable, BitwiseCopyable, Sendable {
    @usableFromInline package let rawValue: UInt32

    /// Creates a slot from the number that tables store.
    @inlinable
    @inline(__always)
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Creates a slot from a row number, which must fit in 32 bits.
    @inlinable
    @inline(__always)
    package init(_ index: Int) { rawValue = UInt32(truncatingIfNeeded: index) }

    /// The row number of the slot.
    @inlinable
    package var index: Int {
        @inline(__always) get { Int(truncatingIfNeeded: rawValue) }
    }
}

extension Slot: Strideable {
    @inlinable
    package func distance(to other: Slot) -> Int { other.index - index }
    @inlinable
    package func advanced(by distance: Int) -> Slot { Slot(index + distance) }

    @inlinable
    package static func < (left: Slot, right: Slot) -> Bool { left.rawValue < right.rawValue }
}

extension Slot: ExpressibleByIntegerLiteral {
    @inlinable
    package init(integerLiteral value: UInt32) { self.init(rawValue: value) }
}

extension Slot: CustomStringConvertible {
    @inlinable package var description: String { "\(rawValue)" }
}
