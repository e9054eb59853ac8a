// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// An address of a server: an IP address and a port, or the path of a Unix domain socket.
struct SocketAddress: Sendable, CustomStringConvertible {
    let description: String
    private let bytes: [UInt8]

    private init(_ bytes: [UInt8], _ description: String) {
        self.bytes = bytes
        self.description = description
    }

    /// Creates the address of a Unix domain socket.
    ///
    /// - Throws: ``RedisError/connectFailed(_:)`` when the path is too long, or has a zero byte.
    init(path: String) throws(RedisError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        let path = Array(path.utf8)
        guard !path.contains(0) else { throw .connectFailed("the path of the socket has a zero byte in it") }
        guard path.count <= room else {
            throw .connectFailed("the path of the socket has \(path.count) bytes, and at most \(room) are accepted")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        bytes = withUnsafeBytes(of: address) { Array($0) }
        description = String(decoding: path, as: UTF8.self)
    }

    var family: Int32 { withPointer { address, _ in Int32(address.pointee.sa_family) } }

    var isLocal: Bool { family == AF_UNIX }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        // The bytes of an array are not aligned for `sockaddr`.
        withUnsafeTemporaryAllocation(byteCount: bytes.count, alignment: 16) { memory in
            memory.copyBytes(from: bytes)
            // swift-format-ignore: NeverForceUnwrap
            // An address is not empty, so the base address is not nil.
            let address = UnsafeRawPointer(memory.baseAddress!)
            return body(address.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
    }

    /// Returns the addresses of a host, in the order in which they should be tried.
    ///
    /// The call blocks until the name servers answer, unless the address is numeric: call it on a thread of its own.
    ///
    /// - Parameters:
    ///   - host: A name or an address.
    ///   - port: The port.
    ///   - isNumeric: Whether only a numeric address is accepted.
    /// - Returns: The addresses, at least one, or the reason why there is none.
    static func resolve(_ host: String, _ port: Int, isNumeric: Bool) -> Result<[SocketAddress], RedisError> {
        var hints = addrinfo()
        #if os(Linux)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        if isNumeric { hints.ai_flags = AI_NUMERICHOST }
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard status == 0 else {
            return .failure(.connectFailed("the host \(host) was not found: \(String(cString: gai_strerror(status)))"))
        }
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            guard let address = entry.ai_addr else { continue }
            let bytes = UnsafeRawBufferPointer(start: address, count: Int(entry.ai_addrlen))
            addresses.append(SocketAddress(Array(bytes), "\(host):\(port)"))
        }
        guard !addresses.isEmpty else { return .failure(.connectFailed("the host \(host) has no address")) }
        return .success(addresses)
    }
}
