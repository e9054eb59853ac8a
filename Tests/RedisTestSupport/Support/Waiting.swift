// SPDX-License-Identifier: Apache-2.0

/// Waits for other processes and threads, which no manual clock can drive; every wait has a timeout.
package enum Waiting {
    /// Runs a blocking closure on a thread of its own, which blocks no other tasks.
    ///
    /// The closure is part of the task, so that its expectations belong to the test.
    package static func run<Output: Sendable>(
        _ body: @escaping @Sendable () throws -> Output
    ) async throws -> Output {
        try await withTaskExecutorPreference(ThreadPerJobExecutor()) { try body() }
    }

    /// Waits until a condition is true, which is checked every millisecond.
    ///
    /// The limit is long, because concurrent tests may occupy the threads that a client needs.
    package static func until(
        within limit: Duration = .seconds(60),
        _ description: String = "the condition",
        _ condition: @escaping @Sendable () throws -> Bool
    ) async throws {
        try await run { try blockUntil(within: limit, description, condition) }
    }

    /// Waits on the thread of the caller until a condition is true.
    static func blockUntil(
        within limit: Duration,
        _ description: @autoclosure () -> String,
        _ condition: () throws -> Bool
    ) throws {
        let deadline = ContinuousClock.now + limit
        while try !condition() {
            guard ContinuousClock.now < deadline else {
                throw TestSupportError("not within \(limit): \(description())")
            }
            SystemThread.sleep(.milliseconds(1))
        }
    }
}

/// A task executor that runs each job on a new thread, where it may block.
final class ThreadPerJobExecutor: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        do {
            try SystemThread { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }.detach()
        } catch {
            // Without a new thread, the job runs on the global executor.
            globalConcurrentExecutor.enqueue(job)
        }
    }
}
