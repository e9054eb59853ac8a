// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The subscription of a cache to the evictions of its store, which ends with this object.
final class EvictionSubscription: Sendable {
    private let notifier: EvictionNotifier
    private let subscriber: EvictionSubscriber

    init(_ notifier: EvictionNotifier, _ subscriber: EvictionSubscriber) {
        self.notifier = notifier
        self.subscriber = subscriber
    }

    deinit { cancel() }

    /// The numbers of evictions since the subscription began.
    ///
    /// An eviction while another subscription begins or ends may count for both subscriptions or for none.
    var counts: (bySize: Int, byExpiry: Int) { notifier.counts(of: subscriber) }

    /// Sets whether each eviction is reported to the cache, which costs an array for each eviction.
    func setListing(_ isListing: Bool) { notifier.setListing(isListing, for: subscriber) }

    /// Ends the subscription, so that no further eviction is counted or reported.
    func cancel() { notifier.cancel(subscriber) }
}

/// The part of a subscription that the store keeps.
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

    /// The evictions that were attributed to the subscriber.
    var counts: EvictionCounts {
        EvictionCounts(bySize: sizeCount.load(ordering: .relaxed), byExpiry: expiryCount.load(ordering: .relaxed))
    }

    func add(_ counts: EvictionCounts) {
        if counts.bySize != 0 { sizeCount.wrappingAdd(counts.bySize, ordering: .relaxed) }
        if counts.byExpiry != 0 { expiryCount.wrappingAdd(counts.byExpiry, ordering: .relaxed) }
    }
}

/// Passes the setting of listing on to a subscription that begins later.
final class EvictionRelay: Sendable {
    private let current = Mutex<EvictionSubscription?>(nil)

    var subscription: EvictionSubscription? {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }

    /// Sets whether each eviction is reported.
    func setListing(_ isListing: Bool) { subscription?.setListing(isListing) }
}
