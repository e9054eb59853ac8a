// SPDX-License-Identifier: Apache-2.0

import RedisClient
import RedisTestSupport
import Testing

/// Commands and replies on TLS connections.
@Suite("Commands on TLS connections", .enabled(if: TLSFixture.isAvailable))
struct TLSConversationTests {
    @Test(arguments: ["localhost", "127.0.0.1"])
    func `a server replies under its name and its address`(host: String) async throws {
        let settings = try await TLSFixture.settings(TLSFixture.server().tlsPort, host: host)
        try await TLSFixture.withClient(settings) { client in
            let info = try await client.connect()
            #expect(info.name == "redis")
            #expect(try await client.send(RedisCommand("PING")).text == "PONG")
        }
    }

    /// Sizes around those of records, of buffers, and of the parts that are encrypted at a time.
    @Test(arguments: [0, 1, 16_383, 16_384, 16_385, 65_536, 262_144, 262_145, 1_000_000, 8_000_000])
    func `a value is stored and returned unchanged`(size: Int) async throws {
        let settings = try await TLSFixture.settings(TLSFixture.server().tlsPort)
        try await TLSFixture.withClient(settings) { client in
            // A pattern whose period divides none of the sizes.
            var value: [UInt8] = []
            while value.count < size { value += 0...250 }
            value.removeLast(value.count - size)
            let key = "value-\(size)"
            _ = try await client.send(RedisCommand("SET", .text(key), .bytes(value)))
            // Twice: the rest of one reply must not delay the next.
            for _ in 0..<2 { #expect(try await client.send(RedisCommand("GET", .text(key))).bytes == value) }
            _ = try await client.send(RedisCommand("DEL", .text(key)))
        }
    }

    @Test func `all of many large replies are read`() async throws {
        let settings = try await TLSFixture.settings(TLSFixture.server().tlsPort)
        try await TLSFixture.withClient(settings) { client in
            let value = [UInt8](repeating: 7, count: 100_000)
            _ = try await client.send(RedisCommand("SET", "large", .bytes(value)))
            let replies = try await client.send([RedisCommand](repeating: RedisCommand("GET", "large"), count: 100))
            #expect(replies.count == 100)
            #expect(replies.allSatisfy { $0.bytes == value })
        }
    }

    @Test func `a handshake succeeds byte by byte`() async throws {
        let proxy = try FaultProxy(to: .port(try #require(try await TLSFixture.server().tlsPort)))
        defer { proxy.stop() }
        proxy.set(.byteByByte)
        try await TLSFixture.withClient(try await TLSFixture.settings(proxy.port)) { client in
            let answer = try await client.send(RedisCommand("ECHO", "text"))
            #expect(answer.text == "text")
        }
    }

    @Test func `everything is encrypted`() async throws {
        let proxy = try FaultProxy(to: .port(try #require(try await TLSFixture.server().tlsPort)))
        defer { proxy.stop() }
        var settings = try RedisSettings(url: "rediss://:\(TLSFixture.password)@localhost:\(proxy.port)")
        settings.tls?.authorityFile = try await TestCertificates.shared().authority.certificate
        try await TLSFixture.withClient(settings) { client in
            let answer = try await client.send(RedisCommand("ECHO", "a-word-in-a-command"))
            #expect(answer.text == "a-word-in-a-command")
        }
        try Self.expectEncryption(proxy)
    }

    @Test func `nothing is sent to a plain server without encryption`() async throws {
        let proxy = try FaultProxy(to: try await TLSFixture.server().endpoint)
        defer { proxy.stop() }
        var settings = try await TLSFixture.settings(proxy.port, host: "127.0.0.1")
        settings.connectTimeout = .milliseconds(200)
        let text = try await TLSFixture.failure(settings)
        #expect(text.contains("is it a plain server on that port?"), "\(text)")
        try Self.expectEncryption(proxy)
    }

    private static func expectEncryption(_ proxy: FaultProxy) throws {
        let records = proxy.recordedBytes.filter { !$0.isEmpty }
        #expect(!records.isEmpty)
        for bytes in records {
            // The type of a handshake record.
            #expect(bytes[0] == 0x16)
            let text = String(decoding: bytes, as: UTF8.self)
            for word in [TLSFixture.password, "HELLO", "AUTH", "a-word-in-a-command"] { #expect(!text.contains(word)) }
        }
    }

    @Test func `a shutdown sends a close alert`() async throws {
        let proxy = try FaultProxy(to: .port(try #require(try await TLSFixture.server().tlsPort)))
        defer { proxy.stop() }
        var before = 0
        try await TLSFixture.withClient(try await TLSFixture.settings(proxy.port)) { client in
            _ = try await client.send(RedisCommand("PING"))
            before = proxy.recordedBytes.map(\.count).reduce(0, +)
        }
        try await proxy.waitForOpenConnections(0)
        let bytes = proxy.recordedBytes.flatMap { $0 }
        #expect(bytes.count > before)
        // TLS 1.3 hides the type of a record; an encrypted alert has 24 bytes with the header.
        #expect(bytes.count - before == 24)
    }

    @Test func `a lost connection is re-established`() async throws {
        let proxy = try FaultProxy(to: .port(try #require(try await TLSFixture.server().tlsPort)))
        defer { proxy.stop() }
        try await TLSFixture.withClient(try await TLSFixture.settings(proxy.port)) { client in
            try await client.connect()
            for round in 2...4 {
                // Alternately: an end without a TLS alert, and a reset.
                if round.isMultiple(of: 2) { proxy.closeConnections() } else { proxy.resetConnections() }
                try await proxy.waitForConnections(round)
                try await client.connect()
                #expect(try await client.send(RedisCommand("PING")).text == "PONG")
            }
        }
    }

    @Test func `a task gets its own replies while others are cancelled`() async throws {
        let settings = try await TLSFixture.settings(TLSFixture.server().tlsPort)
        try await TLSFixture.withClient(settings) { client in
            try await client.connect()
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<64 {
                    group.addTask {
                        for round in 0..<50 {
                            // Some replies span several records.
                            let padding = String(repeating: "x", count: round.isMultiple(of: 17) ? 40_000 : 10)
                            let word = "\(task)-\(round)-\(padding)"
                            let call = Task { try await client.send(RedisCommand("ECHO", .text(word))).text }
                            if (task + round).isMultiple(of: 10) { call.cancel() }
                            do {
                                let answer = try await call.value
                                #expect(answer == word)
                            } catch {
                                #expect(error is CancellationError, "\(error)")
                            }
                        }
                    }
                }
            }
            let answer = try await client.send(RedisCommand("ECHO", "last"))
            #expect(answer.text == "last")
        }
    }
}
