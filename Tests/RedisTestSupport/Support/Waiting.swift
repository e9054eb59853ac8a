// SPDX-License-Identifier: Apache-2.0

/// Waiting for what other processes do, which no clock of a test can drive.
///
/// Every wait has an end.
package enum Waiting {
    /// Runs what blocks on a thread of its own, so that the tasks of other tests keep theirs.
    ///
    /// It stays part of the task, so that what a test expects there counts as that test's.
    package static func run<Output: Sendable>(
        _ body: @escaping @Sendable () throws -> Output
    ) async throws -> Output {
        try await withTaskExecutorPreference(OwnThreads()) { try body() }
    }

    /// Asks again and again, every millisecond, whether something has come true.
    ///
    /// The limit is long because what a client does needs threads that the tests beside it may hold.
    package static func until(
        within limit: Duration = .seconds(60),
        _ description: String = "what is waited for",
        _ condition: @escaping @Sendable () throws -> Bool
    ) async throws {
        try await run { try blockUntil(within: limit, description, condition) }
    }

    /// Runs a tool on the thread of the caller.
    static func blockUntil(within limit: Duration, _ description: String, _ condition: () throws -> Bool) throws {
        let deadline = ContinuousClock.now + limit
        while try !condition() {
            guard ContinuousClock.now < deadline else { throw BenchError("not within \(limit): \(description)") }
            SystemThread.sleep(.milliseconds(1))
        }
    }
}
