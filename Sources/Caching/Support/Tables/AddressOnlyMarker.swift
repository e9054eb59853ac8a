// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A field that makes a noncopyable struct address-only, so that it is used in place.
///
/// Swift 6.3 borrows a noncopyable struct by loading all of it, and stores all of it after some changes; a shard has 600
/// bytes. A struct that contains an atomic cannot be loaded.
@usableFromInline
struct AddressOnlyMarker: ~Copyable, Sendable {
    private let atomic = Atomic<UInt8>(0)

    @usableFromInline
    init() {}
}
