// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// Hands events to those who listen.
///
/// Nobody listening costs one relaxed load.
@usableFromInline
final class EventHub: Sendable {
    private struct Listener {
        let continuation: AsyncStream<CacheEvent>.Continuation
        var dropped = 0
    }

    private struct State {
        var listeners: [Int: Listener] = [:]
        var nextID = 0
        var isFinished = false
    }

    @usableFromInline let isObserved = Atomic<Bool>(false)
    private let cache: String
    private let state = Mutex(State())

    init(cache: String) { self.cache = cache }

    /// The events from now on; at most `limit` of them, at least 2, are kept for a listener that does not keep up.
    func events(limit: Int) -> CacheEvents {
        let (stream, continuation) = AsyncStream<CacheEvent>.makeStream(
            bufferingPolicy: .bufferingOldest(Swift.max(2, limit))
        )
        let id: Int? = state.withLock { state in
            guard !state.isFinished else { return nil }
            state.nextID += 1
            state.listeners[state.nextID] = Listener(continuation: continuation)
            isObserved.store(true, ordering: .relaxed)
            return state.nextID
        }
        guard let id else {
            continuation.finish()
            return CacheEvents(stream: stream)
        }
        continuation.onTermination = { [weak self] _ in self?.remove(id) }
        return CacheEvents(stream: stream)
    }

    /// Tells everybody who listens, without ever waiting for them.
    func emit(_ kind: @autoclosure () -> CacheEvent.Kind, key: String? = nil) {
        guard isObserved.load(ordering: .relaxed) else { return }
        let event = CacheEvent(cache: cache, key: key, kind: kind())
        state.withLock { state in
            for id in state.listeners.keys { deliver(event, to: &state.listeners[id]) }
        }
    }

    /// Ends all sequences, now and later.
    func finish() {
        let listeners = state.withLock { state in
            state.isFinished = true
            isObserved.store(false, ordering: .relaxed)
            defer { state.listeners = [:] }
            return state.listeners
        }
        for listener in listeners.values { listener.continuation.finish() }
    }

    private func deliver(_ event: CacheEvent, to listener: inout Listener?) {
        guard var current = listener else { return }
        if current.dropped > 0 {
            let notice = CacheEvent(cache: cache, key: nil, kind: .dropped(current.dropped))
            if case .enqueued = current.continuation.yield(notice) { current.dropped = 0 }
        }
        if current.dropped > 0 {
            current.dropped += 1
        } else if case .dropped = current.continuation.yield(event) {
            current.dropped += 1
        }
        listener = current
    }

    private func remove(_ id: Int) {
        state.withLock { state in
            state.listeners[id] = nil
            isObserved.store(!state.listeners.isEmpty, ordering: .relaxed)
        }
    }
}
