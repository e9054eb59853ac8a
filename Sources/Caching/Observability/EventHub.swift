// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// Hands the events of a cache to its listeners.
///
/// Without listeners an event costs one relaxed load. No listener is told of anything under its lock.
@usableFromInline
final class EventHub: Sendable {
    private struct State {
        var listeners: [EventListener] = []
        var isFinished = false
    }

    @usableFromInline let isObserved = Atomic<Bool>(false)
    private let cache: String
    private let keyPrefix: String
    private let observationChanged: @Sendable (Bool) -> Void
    private let state = Mutex(State())

    /// Creates a hub.
    ///
    /// - Parameters:
    ///   - cache: The name of the cache.
    ///   - keyPrefix: What stands before the keys of the cache where they are shown.
    ///   - observationChanged: Told when the first listener comes and when the last one goes.
    init(cache: String, keyPrefix: String, observationChanged: @escaping @Sendable (Bool) -> Void) {
        self.cache = cache
        self.keyPrefix = keyPrefix
        self.observationChanged = observationChanged
    }

    /// The events from now on; at most `limit` of them, at least 2, are kept for a listener that does not keep up.
    func events(limit: Int) -> CacheEvents {
        let listener = EventListener(limit: max(2, limit))
        let isFinished = state.withLock { state in
            guard !state.isFinished else { return true }
            state.listeners.append(listener)
            setObserved(true)
            return false
        }
        if isFinished { listener.finish(cache: cache) }
        return CacheEvents(EventSubscription(listener) { [weak self] in self?.remove(listener) })
    }

    /// Tells all listeners, without ever waiting for them.
    func emit(_ kind: @autoclosure () -> CacheEvent.Kind, key: String? = nil) {
        guard isObserved.load(ordering: .relaxed) else { return }
        let event = CacheEvent(cache: cache, key: key.map { keyPrefix + $0 }, kind: kind())
        // Outside of the lock: a listener wakes its task, which takes locks of the runtime that a task which is being
        // cancelled holds while it calls us.
        for listener in state.withLock(\.listeners) { listener.deliver(event) }
    }

    /// Ends all sequences, now and later.
    func finish() {
        let listeners = state.withLock { state in
            state.isFinished = true
            setObserved(false)
            defer { state.listeners = [] }
            return state.listeners
        }
        for listener in listeners { listener.finish(cache: cache) }
    }

    private func setObserved(_ isObserved: Bool) {
        self.isObserved.store(isObserved, ordering: .relaxed)
        observationChanged(isObserved)
    }

    private func remove(_ listener: EventListener) {
        state.withLock { state in
            state.listeners.removeAll { $0 === listener }
            setObserved(!state.listeners.isEmpty)
        }
    }
}
