// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// The listeners of a cache, and the way of events to them.
///
/// Without listeners an event costs one relaxed load. No listener is called under the lock.
@usableFromInline
package final class EventHub: Sendable {
    private struct State {
        var listeners: [EventListener] = []
        var isFinished = false
    }

    /// Whether there is a listener.
    package let isObserved = Atomic<Bool>(false)

    /// Whether there is a listener that wants hits, which are reported only then.
    @usableFromInline package let areHitsObserved = Atomic<Bool>(false)

    private let cache: String
    private let keyPrefix: String
    private let evictionsObserved: @Sendable (Bool) -> Void
    private let state = Mutex(State())

    /// Creates a hub.
    ///
    /// - Parameters:
    ///   - cache: The name of the cache.
    ///   - keyPrefix: The beginning of the keys of the cache where they are shown.
    ///   - evictionsObserved: Takes whether a listener wants evictions, when listeners come and go.
    package init(cache: String, keyPrefix: String, evictionsObserved: @escaping @Sendable (Bool) -> Void) {
        self.cache = cache
        self.keyPrefix = keyPrefix
        self.evictionsObserved = evictionsObserved
    }

    /// Returns the events from now on.
    ///
    /// - Parameters:
    ///   - limit: The number of events, at least 2, that are kept for a listener that does not keep up.
    ///   - isIncluded: Whether the listener wants events of a kind; nil for all.
    /// - Returns: The events.
    package func events(limit: Int, where isIncluded: EventFilter.Predicate? = nil) -> CacheEvents {
        let listener = EventListener(limit: max(2, limit), filter: EventFilter(isIncluded))
        let isFinished = state.withLock { state in
            guard !state.isFinished else { return true }
            state.listeners.append(listener)
            noteObservation(by: state.listeners)
            return false
        }
        if isFinished { listener.finish(cache: cache) }
        return CacheEvents(EventSubscription(listener) { [weak self] in self?.remove(listener) })
    }

    /// Hands an event to the listeners that want it, without waiting for them.
    ///
    /// The caller must hold no lock, because a listener may have a predicate of a user.
    package func emit(_ kind: @autoclosure () -> CacheEvent.Kind, key: String? = nil) {
        guard isObserved.load(ordering: .relaxed) else { return }
        let kind = kind()
        // Outside of the lock: a listener wakes its task, which takes locks of the runtime that a task which is being
        // cancelled holds while it calls this hub.
        var event: CacheEvent?
        for listener in state.withLock(\.listeners) where listener.filter.includes(kind) {
            let wanted = event ?? CacheEvent(cache: cache, key: key.map { keyPrefix + $0 }, kind: kind)
            event = wanted
            listener.deliver(wanted)
        }
    }

    /// Ends all sequences, now and later.
    package func finish() {
        let listeners = state.withLock { state in
            state.isFinished = true
            noteObservation(by: [])
            defer { state.listeners = [] }
            return state.listeners
        }
        for listener in listeners { listener.finish(cache: cache) }
    }

    /// Notes which events have listeners; the caller must hold the lock.
    private func noteObservation(by listeners: [EventListener]) {
        isObserved.store(!listeners.isEmpty, ordering: .relaxed)
        areHitsObserved.store(listeners.contains { $0.filter.includesHits }, ordering: .relaxed)
        evictionsObserved(listeners.contains { $0.filter.includesEvictions })
    }

    private func remove(_ listener: EventListener) {
        state.withLock { state in
            state.listeners.removeAll { $0 === listener }
            noteObservation(by: state.listeners)
        }
    }
}
