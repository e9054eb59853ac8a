// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Constants and functions that differ between systems.
enum Platform {
    #if canImport(Glibc)
        static let stream = Int32(SOCK_STREAM.rawValue)
    #else
        static let stream = SOCK_STREAM
    #endif

    #if canImport(Darwin)
        static let sendFlags: Int32 = 0
    #else
        // A write to a reset connection must not end the process.
        static let sendFlags = Int32(MSG_NOSIGNAL.rawValueOrSelf)
    #endif

    /// The description of `errno`.
    static var lastError: String { String(cString: strerror(errno)) }

    /// Sets the close-on-exec flag of a descriptor, and disables SIGPIPE where that is an option of the socket.
    static func keepPrivate(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        #if canImport(Darwin)
            var on: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }
}

#if !canImport(Darwin)
    extension BinaryInteger {
        /// The number itself: the flag is a number with one C library and an enumeration with others.
        fileprivate var rawValueOrSelf: Self { self }
    }

    extension RawRepresentable where RawValue: BinaryInteger {
        fileprivate var rawValueOrSelf: RawValue { rawValue }
    }
#endif
