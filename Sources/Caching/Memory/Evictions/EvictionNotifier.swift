// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counts the evictions of a store and reports them to its subscribers.
///
/// Caches that share a store subscribe with the prefix of their keys. While there is one subscription, all evictions
/// belong to it and can be counted without the keys. With several, each key belongs to the subscription with the longest
/// prefix of the key.
final class EvictionNotifier: Sendable {
    private struct State {
        var subscribers: [EvictionSubscriber] = []
        /// The counts of the store when the number of subscribers changed last.
        var start = EvictionCounts()
    }

    private let tallies: EvictionTallies
    private let state = Mutex(State())
    private let listing = Atomic<Bool>(false)

    init(shards: Int) { tallies = EvictionTallies(shards: shards) }

    /// The evictions of the store so far.
    var totals: EvictionCounts { tallies.sum }

    /// Whether changes have to list the evicted keys, which costs an array for each eviction.
    var isListing: Bool { listing.load(ordering: .relaxed) }

    /// Begins to count the evictions of the keys with a prefix.
    ///
    /// - Parameters:
    ///   - prefix: The prefix of the keys of the cache.
    ///   - notify: A closure that is called for each eviction, outside of all locks, while
    ///     ``EvictionSubscription/setListing(_:)`` has set it.
    /// - Returns: The subscription, which ends with the object.
    func subscribe(
        prefix: String,
        notify: @escaping @Sendable (String, EvictionReason) -> Void
    ) -> EvictionSubscription {
        let subscriber = EvictionSubscriber(prefix: prefix, notify: notify)
        change { $0.append(subscriber) }
        return EvictionSubscription(self, subscriber)
    }

    func cancel(_ subscriber: EvictionSubscriber) {
        change { $0.removeAll { $0 === subscriber } }
    }

    func setListing(_ isListing: Bool, for subscriber: EvictionSubscriber) {
        change { _ in subscriber.isListing.store(isListing, ordering: .relaxed) }
    }

    func counts(of subscriber: EvictionSubscriber) -> (bySize: Int, byExpiry: Int) {
        let counts = state.withLock { state in
            let isAlone = state.subscribers.count == 1 && state.subscribers[0] === subscriber
            return isAlone ? subscriber.counts + (totals - state.start) : subscriber.counts
        }
        return (counts.bySize, counts.byExpiry)
    }

    /// Counts the evictions of a change of one shard; the caller must hold the mutex of the shard.
    func count(_ effects: borrowing ShardEffects, shard: Int) { tallies.add(effects.counts, shard: shard) }

    /// Counts and reports the evictions of a change of several shards; the caller must hold no lock.
    func report(_ effects: ShardEffects) {
        tallies.add(effects.counts)
        notify(of: effects)
    }

    /// Attributes and reports evictions that are counted already; the caller must hold no lock.
    func notify(of effects: ShardEffects) {
        guard !effects.evictions.isEmpty else { return }
        let subscribers = state.withLock { $0.subscribers }
        let attribution = EvictionAttribution(prefixes: subscribers.map(\.prefix))
        for (key, reason) in effects.evictions {
            let owners = subscribers.count == 1 ? [0] : attribution.owners(of: key)
            for subscriber in owners.lazy.map({ subscribers[$0] }) {
                if subscribers.count > 1 { subscriber.add(EvictionCounts(reason)) }
                if subscriber.isListing.load(ordering: .relaxed) { subscriber.notify(key, reason) }
            }
        }
    }

    /// Changes the subscribers, and attributes the evictions so far to a subscriber that was the only one.
    private func change(_ body: (inout [EvictionSubscriber]) -> Void) {
        state.withLock { state in
            let totals = tallies.sum
            if state.subscribers.count == 1 { state.subscribers[0].add(totals - state.start) }
            body(&state.subscribers)
            state.start = totals
            let isListing =
                state.subscribers.count > 1
                || state.subscribers.contains { $0.isListing.load(ordering: .relaxed) }
            listing.store(isListing, ordering: .relaxed)
        }
    }
}
