// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A counter of calls.
final class CallCounter: Sendable {
    private let value = Atomic(0)

    var count: Int { value.load(ordering: .sequentiallyConsistent) }

    @discardableResult
    func increment() -> Int { value.add(1, ordering: .sequentiallyConsistent).newValue }
}

/// A value that a test changes, and loads read.
final class Source<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

/// A list of events in their order.
final class EventLog<Event: Sendable>: Sendable {
    private let state = Mutex<[Event]>([])

    var events: [Event] { state.withLock { $0 } }

    func add(_ event: Event) { state.withLock { $0.append(event) } }
}
