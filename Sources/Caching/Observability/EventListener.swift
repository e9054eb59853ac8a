// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The buffer of events that a listener has not read yet.
///
/// `AsyncStream` cannot be used: it wakes its reader, and calls back on cancellation, under locks of the runtime, so
/// that delivery and cancellation take these locks in different orders. This type wakes no reader under a lock.
final class EventListener: Sendable {
    private typealias Reader = UnsafeContinuation<CacheEvent?, Never>

    private struct State {
        /// The events; the places before `head` are empty.
        var events: [CacheEvent?] = []
        var head = 0
        /// The number of events that did not fit since the last event that did.
        var dropped = 0
        var readers: [(id: Int, reader: Reader)] = []
        var lastReader = 0
        var isFinished = false

        var count: Int { events.count - head }

        /// Adds the notice of dropped events, if there were any.
        mutating func appendNotice(_ cache: String) {
            guard dropped > 0 else { return }
            events.append(CacheEvent(cache: cache, key: nil, kind: .dropped(dropped)))
            dropped = 0
        }

        /// Removes and returns the readers that wait and have an event, with their events.
        mutating func takeReaders() -> [(Reader, CacheEvent)] {
            var taken: [(Reader, CacheEvent)] = []
            while !readers.isEmpty, let event = removeFirst() { taken.append((readers.removeFirst().reader, event)) }
            return taken
        }

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
            // Moved out, so that no value of a user is freed under the lock.
            return events[head].take()
        }
    }

    /// The kinds of events that are delivered; the notice of dropped events is not filtered.
    let filter: EventFilter

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int, filter: EventFilter) {
        self.limit = limit
        self.filter = filter
    }

    /// Hands an event to a reader that waits, or keeps it.
    func deliver(_ event: CacheEvent) {
        let handed = state.withLock { state -> [(Reader, CacheEvent)] in
            guard !state.isFinished else { return [] }
            guard state.count + (state.dropped > 0 ? 2 : 1) <= limit else {
                state.dropped += 1
                return []
            }
            state.appendNotice(event.cache)
            state.events.append(event)
            return state.takeReaders()
        }
        for (reader, event) in handed { reader.resume(returning: event) }
    }

    /// Returns the next event; nil at the end, or when the task is cancelled.
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

    /// Ends the sequence after the events that were delivered and the notice of dropped events.
    func finish(cache: String) {
        let (handed, others) = state.withLock { state in
            if !state.isFinished { state.appendNotice(cache) }
            state.isFinished = true
            let handed = state.takeReaders()
            defer { state.readers = [] }
            return (handed, state.readers)
        }
        for (reader, event) in handed { reader.resume(returning: event) }
        for (_, reader) in others { reader.resume(returning: nil) }
    }
}

/// The subscription of a listener, which lasts as long as its sequence or an iterator exists.
final class EventSubscription: Sendable {
    let listener: EventListener
    private let unsubscribe: @Sendable () -> Void

    init(_ listener: EventListener, unsubscribe: @escaping @Sendable () -> Void) {
        self.listener = listener
        self.unsubscribe = unsubscribe
    }

    deinit { unsubscribe() }
}
