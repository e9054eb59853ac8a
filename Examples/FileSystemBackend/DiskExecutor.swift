// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// An executor that runs the jobs of an actor one after another on a thread that may block.
///
/// File calls block their thread. On the threads of Swift concurrency, of which there are as many as cores, a slow disk
/// would delay the whole service, and the deadline of the cache could not end the wait.
final class DiskExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "FileSystemBackend")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
