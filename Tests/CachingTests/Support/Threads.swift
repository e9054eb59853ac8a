// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Runs a closure on a number of new threads at once, and returns when all threads have ended.
///
/// The destructors of thread-local values run when a thread ends. The thread of a task does not end with the task.
func withThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let threads = (0..<count).map { number in
        let start = Unmanaged.passRetained(Start { body(number) }).toOpaque()
        #if canImport(Darwin)
            var thread: pthread_t?
            let status = pthread_create(
                &thread,
                nil,
                { pointer in
                    Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue().body()
                    return nil
                },
                start
            )
            guard status == 0, let thread else { fatalError("no thread \(number): \(status)") }
        #else
            var thread = pthread_t()
            let status = pthread_create(
                &thread,
                nil,
                { pointer in
                    if let pointer { Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue().body() }
                    return nil
                },
                start
            )
            guard status == 0 else { fatalError("no thread \(number): \(status)") }
        #endif
        return thread
    }
    for thread in threads { pthread_join(thread, nil) }
}

/// Yields the processor to another thread.
func yieldThread() { sched_yield() }

/// A counter that threads share.
final class Counter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .sequentiallyConsistent) }

    func add(_ number: Int) { count.add(number, ordering: .sequentiallyConsistent) }
}
