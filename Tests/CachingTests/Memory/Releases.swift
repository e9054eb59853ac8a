// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A counter of released values, for which a test can wait.
final class Releases: Sendable {
    private struct State {
        var count = 0
        var countInTest = 0
        var waiting: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    /// A value that reports its release.
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

    /// Whether the current task is the task of the test or a child of it; false in a detached task.
    @TaskLocal static var isInTest = false

    private let state = Mutex(State())

    var count: Int { state.withLock(\.count) }

    /// The number of values that the task of the test released.
    var countInTest: Int { state.withLock(\.countInTest) }

    /// Suspends until this many values are released.
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
