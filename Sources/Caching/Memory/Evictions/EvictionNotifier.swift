// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counts what leaves a store without being asked to, and tells whoever subscribed.
///
/// Caches that share a store subscribe with the prefix of their keys. While there is one subscription, everything is
/// its own and nothing has to be listed to be counted; with several, each key is attributed to the longest prefix that
/// it begins with.
final class EvictionNotifier: Sendable {
    private struct State {
        var subscribers: [EvictionSubscriber] = []
        /// The store's counts when the only subscriber became the only one.
        var start = EvictionCounts()
    }

    private let tallies: EvictionTallies
    private let state = Mutex(State())
    private let listing = Atomic<Bool>(false)

    init(shards: Int) { tallies = EvictionTallies(shards: shards) }

    /// Everything that the store has evicted.
    var totals: EvictionCounts { tallies.sum }

    /// Whether evicted keys are to be listed, which costs an array for each eviction.
    var isListing: Bool { listing.load(ordering: .relaxed) }

    /// Counts, from now on, what leaves of the keys with a prefix.
    ///
    /// - Parameters:
    ///   - prefix: What the cache's keys begin with.
    ///   - notify: Is told of each of them, outside of every lock, while ``EvictionSubscription/setListing(_:)`` says so.
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

    /// Counts what was pushed out of a shard; only for who has its mutex.
    func count(_ effects: borrowing ShardEffects, shard: Int) { tallies.add(effects.counts, shard: shard) }

    /// Counts and tells what was pushed out of several shards.
    func report(_ effects: ShardEffects) {
        tallies.add(effects.counts)
        notify(of: effects)
    }

    /// Attributes and tells what was pushed out, which is counted already; not under a lock.
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

    /// Changes who is told, and begins or ends to count all for the only one.
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
