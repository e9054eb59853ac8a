// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A joinable thread, which may block, unlike the threads of Swift's tasks.
struct SystemThread: @unchecked Sendable {
    // @unchecked: the handle is an immutable number or pointer, which is only passed to the system.
    private let handle: pthread_t

    init(_ body: @escaping @Sendable () -> Void) throws {
        let start = Unmanaged.passRetained(Start(body)).toOpaque()
        #if canImport(Darwin)
            var thread: pthread_t?
            let status = pthread_create(&thread, nil, runStart, start)
        #else
            var thread = pthread_t()
            let status = pthread_create(&thread, nil, { $0.flatMap(runStart) }, start)
        #endif
        guard status == 0 else {
            Unmanaged<Start>.fromOpaque(start).release()
            throw TestSupportError("cannot start a thread: \(String(cString: strerror(status)))")
        }
        #if canImport(Darwin)
            guard let thread else { throw TestSupportError("a thread without a handle") }
        #endif
        handle = thread
    }

    /// Waits for the end of the thread; must be called once, unless ``detach()`` is.
    func join() { pthread_join(handle, nil) }

    func detach() { pthread_detach(handle) }

    static func sleep(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        var left = timespec()
        while nanosleep(&time, &left) != 0, errno == EINTR { time = left }
    }
}

private final class Start: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private func runStart(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue().body()
    return nil
}
