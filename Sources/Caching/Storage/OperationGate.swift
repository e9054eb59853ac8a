// SPDX-License-Identifier: Apache-2.0

/// The bound on the number of operations of a backend, including abandoned ones that have not returned.
///
/// A pure type, without tasks and lock.
package struct OperationGate: Sendable {
    package enum Admission: Equatable, Sendable {
        case granted
        /// The operation waits until others have ended, and is then in ``Release/granted``.
        case queued
        /// Too many abandoned operations have not returned.
        case refused
    }

    /// The operations in the queue that are granted or refused when an operation ends.
    package struct Release: Equatable, Sendable {
        package var granted: [UInt64] = []
        package var refused: [UInt64] = []

        package init(granted: [UInt64] = [], refused: [UInt64] = []) {
            self.granted = granted
            self.refused = refused
        }
    }

    /// The largest number of operations that run at a time.
    package static let maximumRunning = 1024

    /// The number of abandoned operations that have not returned at which no further operation begins.
    package static let maximumAbandoned = 64

    /// The number of operations that run and have a caller that waits.
    package private(set) var running = 0

    /// The number of abandoned operations that have not returned.
    package private(set) var abandoned = 0

    /// The operations that wait, in their order; withdrawn ones are in `left` until their turn.
    private var queue: [UInt64] = []
    private var head = 0
    private var left: Set<UInt64> = []

    package init() {}

    /// Admits, queues or refuses an operation.
    package mutating func enter(_ operation: UInt64) -> Admission {
        guard abandoned < Self.maximumAbandoned else { return .refused }
        guard running >= Self.maximumRunning else {
            running += 1
            return .granted
        }
        queue.append(operation)
        return .queued
    }

    /// Withdraws an operation that is queued.
    package mutating func withdraw(_ operation: UInt64) { left.insert(operation) }

    /// Ends an operation whose caller waits.
    package mutating func end() -> Release {
        running -= 1
        return advance()
    }

    /// Abandons an operation, which continues.
    package mutating func abandon() -> Release {
        running -= 1
        abandoned += 1
        return advance()
    }

    /// Notes that an abandoned operation has returned.
    package mutating func returned() { abandoned -= 1 }

    private mutating func advance() -> Release {
        var release = Release()
        while head < queue.count {
            let isRefused = abandoned >= Self.maximumAbandoned
            guard isRefused || running < Self.maximumRunning else { break }
            let next = queue[head]
            head += 1
            if left.remove(next) != nil { continue }
            if isRefused {
                release.refused.append(next)
            } else {
                running += 1
                release.granted.append(next)
            }
        }
        if head == queue.count {
            queue = []
            head = 0
        } else if head > 1024, head > queue.count / 2 {
            queue.removeFirst(head)
            head = 0
        }
        return release
    }
}
