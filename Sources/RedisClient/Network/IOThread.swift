// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A thread that may block, unlike the threads that run tasks.
enum IOThread {
    /// Starts a thread.
    ///
    /// - Parameter body: The work of the thread, which ends when it returns.
    /// - Returns: Whether the thread was started.
    static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let box = Unmanaged.passRetained(ThreadBody(body))
        guard create(box.toOpaque()) else {
            box.release()
            return false
        }
        return true
    }

    private static func create(_ argument: UnsafeMutableRawPointer) -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        #if canImport(Darwin)
            var thread: pthread_t?
            return pthread_create(&thread, &attributes, { runThreadBody($0) }, argument) == 0
        #else
            var thread = pthread_t()
            return pthread_create(&thread, &attributes, { $0.flatMap { runThreadBody($0) } }, argument) == 0
        #endif
    }
}

private final class ThreadBody {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runThreadBody(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
