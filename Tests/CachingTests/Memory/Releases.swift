// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counts values that are released, and lets a test wait for them.
final class Releases: Sendable {
    private struct State {
        var count = 0
        var countInTest = 0
        var waiting: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    /// A value that says when it goes.
    final class Value: Sendable {
        private let releases: Releases
        private let body: (@Sendable () -> Void)?

        init(_ releases: Releases, _ body: (@Sendable () -> Void)? = nil) {
            self.releases = releases
            self.body = body
        }

        deinit {
            body?()
            releases.note()
        }
    }

    /// Whether this is the task of the test, or one that belongs to it; a detached one does not.
    @TaskLocal static var isInTest = false

    private let state = Mutex(State())

    var count: Int { state.withLock(\.count) }

    /// How many were released by the test's own task.
    var countInTest: Int { state.withLock(\.countInTest) }

    /// Suspends until so many values are released.
    func wait(for count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.count < count { state.waiting = (count, continuation) }
                return state.count >= count
            }
            if isReached { continuation.resume() }
        }
    }

    private func note() {
        let reached = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.count += 1
            if Self.isInTest { state.countInTest += 1 }
            guard let waiting = state.waiting, state.count >= waiting.count else { return nil }
            state.waiting = nil
            return waiting.continuation
        }
        reached?.resume()
    }
}
