// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A subscription as the store knows it.
final class EvictionSubscriber: Sendable {
    let prefix: String
    let notify: @Sendable (String, EvictionReason) -> Void
    let isListing = Atomic<Bool>(false)

    private let sizeCount = Atomic<Int>(0)
    private let expiryCount = Atomic<Int>(0)

    init(prefix: String, notify: @escaping @Sendable (String, EvictionReason) -> Void) {
        self.prefix = prefix
        self.notify = notify
    }

    /// The counts of the time when it was the only one.
    var counts: EvictionCounts {
        EvictionCounts(bySize: sizeCount.load(ordering: .relaxed), byExpiry: expiryCount.load(ordering: .relaxed))
    }

    func add(_ counts: EvictionCounts) {
        if counts.bySize != 0 { sizeCount.wrappingAdd(counts.bySize, ordering: .relaxed) }
        if counts.byExpiry != 0 { expiryCount.wrappingAdd(counts.byExpiry, ordering: .relaxed) }
    }
}
