// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Functions for sockets, which do not block and are not inherited by child processes.
enum Sockets {
    /// The outcome of reading.
    enum Received {
        case bytes([UInt8])
        case end
        case nothingYet
        case failed
    }

    /// The outcome of writing.
    enum Sent {
        case count(Int)
        case nothingYet
        case failed
    }

    /// Binds a port of 127.0.0.1 without listening, so that connections are refused.
    ///
    /// Port 0 selects a free one. Sockets can share a port if all of them are created as shared.
    static func bind(port: Int = 0, isShared: Bool = false) throws -> (descriptor: Int32, port: Int) {
        let descriptor = try make(AF_INET)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        if isShared {
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        do {
            let status = withAddress(.port(port)) { systemBind(descriptor, $0, $1) }
            guard status == 0 else { throw TestSupportError("cannot bind port \(port): \(Platform.lastError)") }
            return (descriptor, try boundPort(of: descriptor))
        } catch {
            close(descriptor)
            throw error
        }
    }

    static func listen(_ descriptor: Int32) throws {
        guard systemListen(descriptor, 512) == 0 else { throw TestSupportError("cannot listen: \(Platform.lastError)") }
    }

    /// Returns a port that was free, which another program may take.
    static func freePort() throws -> Int {
        let (descriptor, port) = try bind()
        close(descriptor)
        return port
    }

    static func accept(_ listener: Int32) -> Int32? {
        let descriptor = systemAccept(listener, nil, nil)
        guard descriptor >= 0 else { return nil }
        prepare(descriptor)
        return descriptor
    }

    /// Begins to connect; a later failure is an error of the next read or write.
    static func connect(to endpoint: Endpoint) throws -> Int32 {
        let descriptor: Int32
        switch endpoint {
        case .port: descriptor = try make(AF_INET)
        case .path: descriptor = try make(AF_UNIX)
        }
        let status = withAddress(endpoint) { systemConnect(descriptor, $0, $1) }
        if status == 0 || errno == EINPROGRESS { return descriptor }
        let reason = Platform.lastError
        close(descriptor)
        throw TestSupportError("cannot connect to \(endpoint): \(reason)")
    }

    /// Returns two connected sockets.
    static func pair() throws -> (Int32, Int32) {
        var descriptors: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Platform.stream, 0, &descriptors) == 0 else {
            throw TestSupportError("cannot make a pair of sockets: \(Platform.lastError)")
        }
        for descriptor in descriptors { prepare(descriptor) }
        return (descriptors[0], descriptors[1])
    }

    static func receive(_ descriptor: Int32, atMost limit: Int = 65_536) -> Received {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialised in
            count = recv(descriptor, buffer.baseAddress, limit, 0)
            initialised = max(count, 0)
        }
        if count > 0 { return .bytes(bytes) }
        if count == 0 { return .end }
        return isTemporary(errno) ? .nothingYet : .failed
    }

    static func send(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) -> Sent {
        let count = bytes.withUnsafeBytes { systemSend(descriptor, $0.baseAddress, $0.count, Platform.sendFlags) }
        if count >= 0 { return .count(count) }
        return isTemporary(errno) ? .nothingYet : .failed
    }

    /// Shuts a socket down for writing.
    static func endWriting(_ descriptor: Int32) { shutdown(descriptor, Int32(SHUT_WR)) }

    static func close(_ descriptor: Int32) { systemClose(descriptor) }

    /// Closes a socket with a reset.
    static func reset(_ descriptor: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close(descriptor)
    }

    /// Makes a socket blocking, for programs that expect it.
    static func makeBlocking(_ descriptor: Int32) { _ = fcntl(descriptor, F_SETFL, 0) }

    private static func make(_ family: Int32) throws -> Int32 {
        let descriptor = socket(family, Platform.stream, 0)
        guard descriptor >= 0 else { throw TestSupportError("cannot make a socket: \(Platform.lastError)") }
        prepare(descriptor)
        return descriptor
    }

    private static func prepare(_ descriptor: Int32) {
        Platform.keepPrivate(descriptor)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        // Disables Nagle's algorithm, which fails on a Unix domain socket.
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func isTemporary(_ error: Int32) -> Bool {
        error == EAGAIN || error == EWOULDBLOCK || error == EINTR || error == ENOTCONN
    }
}

// Methods of `Sockets` hide the functions of the system with the same names.
private func systemBind(_ socket: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
    bind(socket, address, length)
}

private func systemConnect(_ socket: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
    connect(socket, address, length)
}

private func systemListen(_ socket: Int32, _ backlog: Int32) -> Int32 { listen(socket, backlog) }

private func systemAccept(
    _ socket: Int32,
    _ address: UnsafeMutablePointer<sockaddr>?,
    _ length: UnsafeMutablePointer<socklen_t>?
) -> Int32 {
    accept(socket, address, length)
}

private func systemSend(_ socket: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
    send(socket, bytes, count, flags)
}

private func systemClose(_ descriptor: Int32) { _ = close(descriptor) }
