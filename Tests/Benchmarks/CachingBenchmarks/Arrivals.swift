// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A barrier that holds a load until all its callers have called, so that all of them wait for it.
///
/// Without it, about half of the tasks that await one task start after it has ended, and do not wait.
final class Arrivals: Sendable {
    private let expected: Int
    private let count = Atomic(0)
    private let waiting = Mutex<UnsafeContinuation<Void, Never>?>(nil)

    init(expected: Int) { self.expected = expected }

    /// Counts a caller, immediately before its call.
    func arrive() {
        guard count.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == expected else { return }
        waiting.withLock { $0.take() }?.resume()
    }

    /// Waits for the last caller, yields to it, and resets the count: there is one load at a time.
    func waitForAll() async {
        await withUnsafeContinuation { continuation in
            let isComplete = waiting.withLock { waiting in
                if count.load(ordering: .acquiring) == expected { return true }
                waiting = continuation
                return false
            }
            if isComplete { continuation.resume() }
        }
        count.store(0, ordering: .relaxed)
        await Task.yield()
    }
}
