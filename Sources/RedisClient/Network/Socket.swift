// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A non-blocking stream socket, connected or connecting, which is closed when it is freed.
package final class Socket {
    /// The outcome of a read or a write.
    package enum Outcome {
        case bytes(Int)
        /// Nothing could be read or written without blocking.
        case none
    }

    let descriptor: Int32

    /// Creates a socket that owns a non-blocking descriptor.
    package init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Creates a socket and begins to connect.
    ///
    /// - Parameters:
    ///   - address: The address.
    ///   - unacknowledged: The time after which the system closes a connection whose peer acknowledges nothing.
    /// - Throws: ``RedisError/connectFailed(_:)``.
    init(connectingTo address: SocketAddress, unacknowledged: Duration) throws(RedisError) {
        #if os(Linux)
            let type = Int32(SOCK_STREAM.rawValue)
        #else
            let type = SOCK_STREAM
        #endif
        descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw .connectFailed("no socket could be created: \(SystemError.current)") }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        #if canImport(Darwin)
            set(SOL_SOCKET, SO_NOSIGPIPE, 1)
        #endif
        if !address.isLocal {
            set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
            set(SOL_SOCKET, SO_KEEPALIVE, 1)
            #if os(Linux)
                // By default, Linux retransmits to an unreachable host for about 15 minutes.
                let milliseconds = Int32(clamping: unacknowledged.nanoseconds / 1_000_000)
                set(Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, milliseconds)
                set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, 30)
                set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, 5)
                set(Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
            #endif
        }
        let result = address.withPointer { connect(descriptor, $0, $1) }
        // EAGAIN is a failure: the backlog of a Unix domain socket is full, or no local port is free.
        guard result == 0 || errno == EINPROGRESS || errno == EINTR else {
            throw .connectFailed("\(address) cannot be reached: \(SystemError.current)")
        }
    }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        _ = setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// The error of a finished attempt to connect; nil after a success.
    var connectError: SystemError? {
        var number: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size) == 0 else { return .current }
        return number == 0 ? nil : SystemError(number: number)
    }

    /// Reads available bytes.
    ///
    /// - Throws: ``RedisError/connectionLost(_:mayHaveRun:)`` at the end of the stream, and after an error.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(RedisError) -> Outcome {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { throw .connectionLost("the server closed the connection", mayHaveRun: true) }
            let error = SystemError.current
            if error.number == EINTR { continue }
            if error.isTemporary { return .none }
            throw .connectionLost("\(error)", mayHaveRun: true)
        }
    }

    /// Writes as many bytes as can be written without blocking.
    func write(_ bytes: UnsafeRawBufferPointer) throws(RedisError) -> Outcome {
        #if os(Linux)
            let flags = Int32(MSG_NOSIGNAL)
        #else
            let flags: Int32 = 0
        #endif
        while true {
            let count = send(descriptor, bytes.baseAddress, bytes.count, flags)
            if count >= 0 { return .bytes(count) }
            let error = SystemError.current
            if error.number == EINTR { continue }
            if error.isTemporary { return .none }
            throw .connectionLost("\(error)", mayHaveRun: true)
        }
    }
}
