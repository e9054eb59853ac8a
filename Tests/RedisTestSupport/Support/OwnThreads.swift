// SPDX-License-Identifier: Apache-2.0

/// Runs each part of a task on a new thread, where it may block.
final class OwnThreads: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        do {
            try SystemThread { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }.detach()
        } catch {
            // Better late on a thread of Swift's than never.
            globalConcurrentExecutor.enqueue(job)
        }
    }
}
