// SPDX-License-Identifier: Apache-2.0

/// A task executor that runs each job on a new thread, where it may block.
final class OwnThreads: TaskExecutor {
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
