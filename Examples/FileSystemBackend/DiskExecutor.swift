// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// Runs an actor's jobs one after another on a thread that may block.
///
/// File calls block their thread. On the threads of Swift concurrency, of which there are as many as cores, a slow disk
/// would hold up the whole service, and the cache's deadline could not end the wait.
final class DiskExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "FileSystemBackend")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
