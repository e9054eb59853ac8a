// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Runs a closure on so many threads of its own at once, and returns when all of them have ended for good.
///
/// A thread of the system ends with what was to be done at its end; a task gives its thread to the next one.
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

/// Lets another thread run.
func yieldThread() { sched_yield() }

/// What threads count together.
final class Counter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .sequentiallyConsistent) }

    func add(_ number: Int) { count.add(number, ordering: .sequentiallyConsistent) }
}
