// SPDX-License-Identifier: Apache-2.0

/// A value in memory of its own, which can be changed while other threads read its owner.
///
/// It is `@unchecked Sendable` because of the pointer: the memory is owned by one value and freed with it, and the owner
/// synchronises all access.
@usableFromInline
package struct UniqueBox<Value: ~Copyable & Sendable>: ~Copyable, @unchecked Sendable {
    @usableFromInline let address: UnsafeMutablePointer<Value>

    package init(_ value: consuming Value) {
        address = .allocate(capacity: 1)
        address.initialize(to: value)
    }

    // Inlinable: Swift 6.3.1 crashes when a property that is usable from inline has a type whose end is not.
    @inlinable
    deinit {
        address.deinitialize(count: 1)
        address.deallocate()
    }

    @inlinable
    package var value: Value {
        @inline(__always) unsafeAddress { UnsafePointer(address) }
        @inline(__always) nonmutating unsafeMutableAddress { address }
    }
}
