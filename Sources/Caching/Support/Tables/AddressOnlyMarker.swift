// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A part that keeps its owner where it is in memory.
///
/// Swift 6.3 borrows a noncopyable struct by loading all of it, and writes it back whole after some changes; a shard has
/// 600 bytes. What contains an atomic cannot be loaded, so it is used where it is.
@usableFromInline
struct AddressOnlyMarker: ~Copyable, Sendable {
    private let atomic = Atomic<UInt8>(0)

    @usableFromInline
    init() {}
}
