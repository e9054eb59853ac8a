// SPDX-License-Identifier: Apache-2.0

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
