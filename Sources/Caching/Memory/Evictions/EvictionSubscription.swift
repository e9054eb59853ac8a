// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A cache's subscription to the evictions of its store; it ends with this object.
final class EvictionSubscription: Sendable {
    private let notifier: EvictionNotifier
    private let subscriber: EvictionSubscriber

    init(_ notifier: EvictionNotifier, _ subscriber: EvictionSubscriber) {
        self.notifier = notifier
        self.subscriber = subscriber
    }

    deinit { cancel() }

    /// How many entries left since the subscription began.
    ///
    /// Those of a store with one subscription are all its own. What goes while another subscription begins or ends may
    /// be counted to both or to none.
    var counts: (bySize: Int, byExpiry: Int) { notifier.counts(of: subscriber) }

    /// Sets whether the cache is told of each eviction, which costs an array for each.
    func setListing(_ isListing: Bool) { notifier.setListing(isListing, for: subscriber) }

    /// Ends it: nothing is counted and nobody told any more.
    func cancel() { notifier.cancel(subscriber) }
}

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

/// Leads from whoever knows that somebody listens to a subscription that begins later.
final class EvictionRelay: Sendable {
    private let current = Mutex<EvictionSubscription?>(nil)

    var subscription: EvictionSubscription? {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }

    /// Sets whether each eviction is listed.
    func setListing(_ isListing: Bool) { subscription?.setListing(isListing) }
}
