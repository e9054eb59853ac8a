// SPDX-License-Identifier: Apache-2.0

import Caching
import Synchronization

/// The rules by which a ``RecordingBackend`` fails, delays or hangs.
///
/// ```swift
/// let backend = RecordingBackend()
/// backend.script.fail(.set, times: 1)
/// backend.script.delay(.get, by: .seconds(2))
/// ```
///
/// Each rule applies to a number of the next operations that match. Rules are tried in the order in which they were
/// added.
public final class BackendScript: Sendable {
    /// The operations to which a rule applies.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Operation: Sendable, Hashable {
        /// Every operation.
        case any
        /// Reads.
        case get
        /// Writes.
        case set
        /// Removals by key.
        case delete
        /// Removals by pattern.
        case invalidate
        /// Removals by tag.
        case invalidateTag
        /// Checks whether a key is there.
        case has
        /// Removals of all entries.
        case clear
    }

    private enum Effect {
        case fail(any Error)
        case delay(Duration)
        case hang
    }

    private struct Rule {
        let operation: Operation
        let key: String?
        let effect: Effect
        var remaining: Int
    }

    private struct State {
        var rules: [Rule] = []
        var hanging: [Int: CheckedContinuation<Void, any Error>] = [:]
        var nextID = 0
        var observers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    private let clock: any CacheClock

    init(clock: any CacheClock) { self.clock = clock }

    /// Makes operations fail.
    ///
    /// - Parameters:
    ///   - operation: The operations.
    ///   - key: The key, pattern or tag; nil for any.
    ///   - error: The error that they throw.
    ///   - times: The number of operations.
    public func fail(
        _ operation: Operation = .any,
        key: String? = nil,
        with error: any Error = ScriptedFailure(),
        times: Int = .max
    ) {
        add(Rule(operation: operation, key: key, effect: .fail(error), remaining: times))
    }

    /// Delays operations, on the clock of the backend.
    ///
    /// - Parameters:
    ///   - operation: The operations.
    ///   - key: The key, pattern or tag; nil for any.
    ///   - duration: The delay.
    ///   - times: The number of operations.
    public func delay(_ operation: Operation = .any, key: String? = nil, by duration: Duration, times: Int = .max) {
        add(Rule(operation: operation, key: key, effect: .delay(duration), remaining: times))
    }

    /// Makes operations hang until ``releaseHanging()`` is called, even if their callers are cancelled.
    ///
    /// - Parameters:
    ///   - operation: The operations.
    ///   - key: The key, pattern or tag; nil for any.
    ///   - times: The number of operations.
    public func hang(_ operation: Operation = .any, key: String? = nil, times: Int = .max) {
        add(Rule(operation: operation, key: key, effect: .hang, remaining: times))
    }

    /// Removes all rules, and resumes operations that hang.
    public func reset() {
        state.withLock { $0.rules = [] }
        releaseHanging()
    }

    /// Resumes operations that hang, and keeps the rules.
    public func releaseHanging() {
        let hanging = state.withLock { state in
            defer { state.hanging = [:] }
            return state.hanging.values
        }
        for continuation in hanging { continuation.resume() }
    }

    /// Suspends until a number of operations hang.
    ///
    /// - Parameter count: The least number of operations.
    public func waitForHanging(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.hanging.count >= count { return true }
                state.observers.append((count, continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }

    /// Applies the rules to an operation.
    func follow(_ kind: RecordedOperation.Kind, key: String) async throws {
        switch takeRule(for: Operation(kind), key: key)?.effect {
        case nil: return
        case .fail(let error): throw error
        case .delay(let duration): try await clock.sleep(until: clock.now.advanced(by: duration))
        case .hang:
            try await withCheckedThrowingContinuation { continuation in
                let observers = state.withLock { state in
                    state.nextID += 1
                    state.hanging[state.nextID] = continuation
                    let count = state.hanging.count
                    let reached = state.observers.filter { $0.count <= count }
                    state.observers.removeAll { $0.count <= count }
                    return reached
                }
                for observer in observers { observer.continuation.resume() }
            }
        }
    }

    private func add(_ rule: Rule) { state.withLock { $0.rules.append(rule) } }

    private func takeRule(for operation: Operation, key: String) -> Rule? {
        state.withLock { state in
            let index = state.rules.firstIndex { rule in
                rule.remaining > 0 && (rule.operation == .any || rule.operation == operation)
                    && (rule.key?.utf8.elementsEqual(key.utf8) ?? true)
            }
            guard let index else { return nil }
            state.rules[index].remaining -= 1
            return state.rules[index]
        }
    }
}

extension BackendScript.Operation {
    fileprivate init(_ kind: RecordedOperation.Kind) {
        switch kind {
        case .get: self = .get
        case .set: self = .set
        case .delete: self = .delete
        case .invalidate: self = .invalidate
        case .invalidateTag: self = .invalidateTag
        case .has: self = .has
        case .clear: self = .clear
        }
    }
}

/// The error of a scripted operation when no other is given.
public struct ScriptedFailure: Error, Hashable, CustomStringConvertible {
    /// Creates the error.
    public init() {}

    /// The origin of the error.
    public var description: String { "a failure scripted by the test" }
}
