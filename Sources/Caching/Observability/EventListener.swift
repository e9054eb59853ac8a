// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The events that one listener has not read yet.
///
/// A buffer of its own instead of an `AsyncStream`: that one wakes its reader and calls back on cancellation under locks
/// of the runtime, so that delivering and cancelling take them in different orders. Here nobody is woken under a lock.
final class EventListener: Sendable {
    private typealias Reader = UnsafeContinuation<CacheEvent?, Never>

    private struct State {
        /// Those before `head` are gone, and their places empty.
        var events: [CacheEvent?] = []
        var head = 0
        /// How many events did not fit since the last one that did.
        var dropped = 0
        var readers: [(id: Int, reader: Reader)] = []
        var lastReader = 0
        var isFinished = false

        var count: Int { events.count - head }

        mutating func removeFirst() -> CacheEvent? {
            guard head < events.count else { return nil }
            defer {
                head += 1
                if head == events.count {
                    events.removeAll(keepingCapacity: true)
                    head = 0
                } else if head >= 512 {
                    events.removeFirst(head)
                    head = 0
                }
            }
            // Moved out, so that nothing of a user's is freed under the lock.
            return events[head].take()
        }
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// Keeps an event for the reader, or hands it over if one waits.
    func deliver(_ event: CacheEvent) {
        let reader = state.withLock { state -> Reader? in
            guard !state.isFinished else { return nil }
            if !state.readers.isEmpty { return state.readers.removeFirst().reader }
            let needed = state.dropped > 0 ? 2 : 1
            guard state.count + needed <= limit else {
                state.dropped += 1
                return nil
            }
            if state.dropped > 0 {
                state.events.append(CacheEvent(cache: event.cache, key: nil, kind: .dropped(state.dropped)))
                state.dropped = 0
            }
            state.events.append(event)
            return nil
        }
        reader?.resume(returning: event)
    }

    /// The next event; nil when there are no more, or the task is cancelled.
    func next() async -> CacheEvent? {
        let id = state.withLock { state in
            state.lastReader += 1
            return state.lastReader
        }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { (reader: Reader) in
                let (isReady, event) = state.withLock { state -> (Bool, CacheEvent?) in
                    // The handler needs this lock, so a cancellation after this check finds the reader.
                    if Task.isCancelled { return (true, nil) }
                    if let event = state.removeFirst() { return (true, event) }
                    if state.isFinished { return (true, nil) }
                    state.readers.append((id, reader))
                    return (false, nil)
                }
                if isReady { reader.resume(returning: event) }
            }
        } onCancel: {
            let reader = state.withLock { state -> Reader? in
                guard let place = state.readers.firstIndex(where: { $0.id == id }) else { return nil }
                return state.readers.remove(at: place).reader
            }
            reader?.resume(returning: nil)
        }
    }

    /// Ends the sequence behind what was delivered.
    func finish() {
        let readers = state.withLock { state in
            state.isFinished = true
            defer { state.readers = [] }
            return state.readers
        }
        for (_, reader) in readers { reader.resume(returning: nil) }
    }
}

/// Keeps a listener subscribed as long as somebody may read it.
final class EventSubscription: Sendable {
    let listener: EventListener
    private let unsubscribe: @Sendable () -> Void

    init(_ listener: EventListener, unsubscribe: @escaping @Sendable () -> Void) {
        self.listener = listener
        self.unsubscribe = unsubscribe
    }

    deinit { unsubscribe() }
}
