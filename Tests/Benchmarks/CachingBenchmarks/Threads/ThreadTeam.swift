// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Threads that run the same operation for a while, because tasks would add the scheduler to the measurement.
enum ThreadTeam {
    /// Runs operations until the flag is set, and returns their number.
    typealias Work = @Sendable (_ thread: Int, _ stop: StopFlag) -> Int

    /// Returns the wall time per operation: the elapsed time, divided by the operations of all threads.
    static func nanosecondsPerOperation(threads: Int, milliseconds: Int, _ work: @escaping Work) -> Double {
        let stop = StopFlag()
        let (ready, go, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let total = Total()
        for number in 0..<threads {
            let thread = Thread {
                ready.signal()
                go.wait()
                let count = work(number, stop)
                total.operations.wrappingAdd(count, ordering: .relaxed)
                done.signal()
            }
            thread.start()
        }
        for _ in 0..<threads { ready.wait() }
        let start = ContinuousClock.now
        for _ in 0..<threads { go.signal() }
        Thread.sleep(forTimeInterval: Double(milliseconds) / 1000)
        stop.set()
        for _ in 0..<threads { done.wait() }
        let elapsed = (ContinuousClock.now - start) / .nanoseconds(1)
        return elapsed / Double(max(1, total.operations.load(ordering: .relaxed)))
    }

    /// The number of operations of all threads.
    private final class Total: Sendable {
        let operations = Atomic<Int>(0)
    }
}
