// SPDX-License-Identifier: Apache-2.0

import Foundation
import RedisClient
import Testing

/// The TLS channel, with a session that does not encrypt.
@Suite("TLS channel")
struct TLSChannelTests {
    /// A session that does not change bytes, except that a 0 decrypts to nothing, and a 255 is an error.
    private final class Session: TLSSession {
        private var arrived: [UInt8] = []
        private var outgoing: [UInt8] = []
        /// The maximum number of bytes that are decrypted at a time.
        private let record = 1000

        func handshake() -> Bool { true }

        func receive(_ encrypted: UnsafeRawBufferPointer) { arrived += encrypted.filter { $0 != 0 } }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws(RedisError) -> Int? {
            if arrived.first == 255 { throw .tls("a bad record") }
            let bytes = arrived.prefix(min(record, buffer.count)).prefix { $0 != 255 }
            guard !bytes.isEmpty else { return nil }
            buffer.copyBytes(from: bytes)
            arrived.removeFirst(bytes.count)
            return bytes.count
        }

        func write(_ bytes: UnsafeRawBufferPointer) { outgoing += bytes }

        func close() { outgoing.append(0) }

        var hasOutgoing: Bool { !outgoing.isEmpty }

        func takeOutgoing(into buffer: UnsafeMutableRawBufferPointer) -> Int {
            let bytes = outgoing.prefix(buffer.count)
            buffer.copyBytes(from: bytes)
            outgoing.removeFirst(bytes.count)
            return bytes.count
        }
    }

    private static func pair() throws -> (channel: TLSChannel, peer: FileHandle) {
        var descriptors: [Int32] = [-1, -1]
        #if os(Linux)
            let type = Int32(SOCK_STREAM.rawValue)
        #else
            let type = SOCK_STREAM
        #endif
        try #require(socketpair(AF_UNIX, type, 0, &descriptors) == 0)
        for descriptor in descriptors {
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
        let peer = FileHandle(fileDescriptor: descriptors[1], closeOnDealloc: true)
        return (TLSChannel(Socket(descriptors[0]), Session()), peer)
    }

    /// Reads once; nil when nothing can be read.
    private static func read(_ channel: TLSChannel, _ size: Int) throws -> [UInt8]? {
        var outcome = Socket.Outcome.none
        let bytes = try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            outcome = try channel.read(into: UnsafeMutableRawBufferPointer(buffer))
            if case .bytes(let size) = outcome { count = size }
        }
        if case .none = outcome { return nil }
        return bytes
    }

    @Test func `a read fills the buffer and reports buffered input`() throws {
        let (channel, peer) = try Self.pair()
        let bytes = [UInt8](repeating: 7, count: 5500)
        try peer.write(contentsOf: bytes)
        // The socket is empty after the first read.
        #expect(try Self.read(channel, 2500)?.count == 2500)
        #expect(channel.mayHaveBufferedInput)
        #expect(try Self.read(channel, 2500)?.count == 2500)
        #expect(channel.mayHaveBufferedInput)
        #expect(try Self.read(channel, 2500)?.count == 500)
        #expect(!channel.mayHaveBufferedInput)
        #expect(try Self.read(channel, 2500) == nil)
    }

    @Test func `bytes before an error are read first`() throws {
        let (channel, peer) = try Self.pair()
        try peer.write(contentsOf: [UInt8]("before".utf8) + [255])
        #expect(try Self.read(channel, 100) == Array("before".utf8))
        // The socket would not show the error.
        #expect(channel.mayHaveBufferedInput)
        for _ in 0..<2 { #expect(throws: RedisError.tls("a bad record")) { try Self.read(channel, 100) } }
    }

    @Test func `bytes before the end are read first`() throws {
        let (channel, peer) = try Self.pair()
        try peer.write(contentsOf: Array("before".utf8))
        try peer.close()
        #expect(try Self.read(channel, 100) == Array("before".utf8))
        #expect(throws: RedisError.self) { try Self.read(channel, 100) }
    }

    @Test func `bytes that decrypt to nothing end a read`() throws {
        let (channel, peer) = try Self.pair()
        try peer.write(contentsOf: [UInt8](repeating: 0, count: 50_000))
        #expect(try Self.read(channel, 100) == nil)
        #expect(!channel.mayHaveBufferedInput)
    }

    @Test func `bytes for a full socket are sent later`() throws {
        let (channel, peer) = try Self.pair()
        let bytes = [UInt8](repeating: 7, count: 3_000_000)
        var written = 0
        var received = 0
        while received < bytes.count {
            // Until the socket is full, and the channel has unsent bytes.
            while written < bytes.count {
                let outcome = try bytes[written...].withUnsafeBytes { try channel.write($0) }
                guard case .bytes(let count) = outcome else { break }
                written += count
            }
            #expect(written - received <= 1 << 20, "the channel keeps too much")
            var part = [UInt8](repeating: 0, count: 100_000)
            let count = Foundation.read(peer.fileDescriptor, &part, part.count)
            try #require(count > 0)
            received += count
            try channel.flush()
        }
        #expect(received == bytes.count)
        #expect(!channel.wantsToWrite)
        channel.close()
        var last: UInt8 = 9
        #expect(Foundation.read(peer.fileDescriptor, &last, 1) == 1)
        #expect(last == 0)
    }
}
