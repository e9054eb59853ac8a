// SPDX-License-Identifier: Apache-2.0

/// Bounds how many operations of a backend there are at a time, those that were given up and did not return among them.
///
/// It is pure: no tasks and no lock.
package struct OperationGate: Sendable {
    package enum Entrance: Equatable, Sendable {
        case granted
        /// To be granted when another operation has ended, by ``Release/granted``.
        case queued
        /// Too many operations were given up and did not return.
        case refused
    }

    /// The consequences of the end of an operation for those that wait.
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

    /// The number of operations that were given up and have not returned at which no further one begins.
    package static let maximumAbandoned = 64

    /// The number of operations that run and are waited for.
    package private(set) var running = 0

    /// The number of operations that were given up and have not returned.
    package private(set) var abandoned = 0

    /// In their order; those that left are in `left` until their turn.
    private var queue: [UInt64] = []
    private var head = 0
    private var left: Set<UInt64> = []

    package init() {}

    /// Asks for an operation to begin.
    package mutating func enter(_ operation: UInt64) -> Entrance {
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

    /// Ends an operation that was waited for.
    package mutating func end() -> Release {
        running -= 1
        return advance()
    }

    /// Gives up an operation, which goes on.
    package mutating func abandon() -> Release {
        running -= 1
        abandoned += 1
        return advance()
    }

    /// Notes that an operation has returned that was given up.
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
