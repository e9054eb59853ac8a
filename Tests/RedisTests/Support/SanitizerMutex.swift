// SPDX-License-Identifier: Apache-2.0

#if THREAD_SANITIZER
    #if canImport(Darwin)
        import Darwin
    #else
        import Glibc
    #endif

    /// Stands in for `Synchronization.Mutex` under the thread sanitizer, and only there.
    ///
    /// The contended path of the standard mutex runs inside the toolchain's library, which is not instrumented: the
    /// sanitizer does not see that it synchronises and reports races where there are none. It knows POSIX mutexes. A type
    /// of the module hides an imported one of the same name, so nothing else changes. `Tests/run --sanitize` defines
    /// `THREAD_SANITIZER`.
    @usableFromInline
    struct Mutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
        // Unchecked: the value is reached only between lock and unlock, and both pointers are freed with the mutex.
        private let handle: UnsafeMutablePointer<pthread_mutex_t>
        private let value: UnsafeMutablePointer<Value>

        init(_ initial: consuming sending Value) {
            handle = .allocate(capacity: 1)
            pthread_mutex_init(handle, nil)
            value = .allocate(capacity: 1)
            value.initialize(to: initial)
        }

        deinit {
            value.deinitialize(count: 1)
            value.deallocate()
            pthread_mutex_destroy(handle)
            handle.deallocate()
        }

        @usableFromInline
        borrowing func withLock<Result: ~Copyable, Failure: Error>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            pthread_mutex_lock(handle)
            defer { pthread_mutex_unlock(handle) }
            return try body(&value.pointee)
        }
    }
#endif
