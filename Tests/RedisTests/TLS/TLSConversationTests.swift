// SPDX-License-Identifier: Apache-2.0

import RedisClient
import RedisTestSupport
import Testing

/// Commands and replies on encrypted connections.
@Suite("Encrypted conversations", .enabled(if: TLSBench.isAvailable))
struct TLSConversationTests {
    @Test(arguments: ["localhost", "127.0.0.1"])
    func aServerAnswersByNameAndByAddress(host: String) async throws {
        let settings = try await TLSBench.settings(TLSBench.server().tlsPort, host: host)
        try await TLSBench.withClient(settings) { client in
            let info = try await client.connect()
            #expect(info.name == "redis")
            #expect(try await client.send(RedisCommand("PING")).text == "PONG")
        }
    }

    /// Sizes around those of records, of the buffers, and of what is encrypted at a time.
    @Test(arguments: [0, 1, 16_383, 16_384, 16_385, 65_536, 262_144, 262_145, 1_000_000, 8_000_000])
    func aValueComesBackAsItWas(size: Int) async throws {
        let settings = try await TLSBench.settings(TLSBench.server().tlsPort)
        try await TLSBench.withClient(settings) { client in
            // A period that is none of the sizes.
            var value: [UInt8] = []
            while value.count < size { value += 0...250 }
            value.removeLast(value.count - size)
            let key = "value-\(size)"
            _ = try await client.send(RedisCommand("SET", .text(key), .bytes(value)))
            // Twice: what is left of one reply must not hold up the next.
            for _ in 0..<2 { #expect(try await client.send(RedisCommand("GET", .text(key))).bytes == value) }
            _ = try await client.send(RedisCommand("DEL", .text(key)))
        }
    }

    @Test func manyLargeRepliesAreAllRead() async throws {
        let settings = try await TLSBench.settings(TLSBench.server().tlsPort)
        try await TLSBench.withClient(settings) { client in
            let value = [UInt8](repeating: 7, count: 100_000)
            _ = try await client.send(RedisCommand("SET", "large", .bytes(value)))
            let replies = try await client.send([RedisCommand](repeating: RedisCommand("GET", "large"), count: 100))
            #expect(replies.count == 100)
            #expect(replies.allSatisfy { $0.bytes == value })
        }
    }

    @Test func bytesMayComeOneByOne() async throws {
        let proxy = try FaultProxy(to: .port(try #require(try await TLSBench.server().tlsPort)))
        defer { proxy.stop() }
        proxy.set(.byteByByte)
        try await TLSBench.withClient(try await TLSBench.settings(proxy.port)) { client in
            let answer = try await client.send(RedisCommand("ECHO", "text"))
            #expect(answer.text == "text")
        }
    }

    @Test func nothingIsSentInTheClear() async throws {
        let proxy = try FaultProxy(to: .port(try #require(try await TLSBench.server().tlsPort)))
        defer { proxy.stop() }
        var settings = try RedisSettings(url: "rediss://:\(TLSBench.password)@localhost:\(proxy.port)")
        settings.tls?.authorityFile = try await TestCertificates.shared().authority.certificate
        try await TLSBench.withClient(settings) { client in
            let answer = try await client.send(RedisCommand("ECHO", "a-word-in-a-command"))
            #expect(answer.text == "a-word-in-a-command")
        }
        try Self.expectEncryption(proxy)
    }

    @Test func nothingIsSentInTheClearToAServerThatDoesNotSpeakTLS() async throws {
        let proxy = try FaultProxy(to: try await TLSBench.server().endpoint)
        defer { proxy.stop() }
        var settings = try await TLSBench.settings(proxy.port, host: "127.0.0.1")
        settings.connectTimeout = .milliseconds(200)
        let text = try await TLSBench.failure(settings)
        #expect(text.contains("is it a plain server on that port?"), "\(text)")
        try Self.expectEncryption(proxy)
    }

    private static func expectEncryption(_ proxy: FaultProxy) throws {
        let records = proxy.recordedBytes.filter { !$0.isEmpty }
        #expect(!records.isEmpty)
        for bytes in records {
            // A record of a handshake.
            #expect(bytes[0] == 0x16)
            let text = String(decoding: bytes, as: UTF8.self)
            for word in [TLSBench.password, "HELLO", "AUTH", "a-word-in-a-command"] { #expect(!text.contains(word)) }
        }
    }

    @Test func theEndIsToldToTheServer() async throws {
        let proxy = try FaultProxy(to: .port(try #require(try await TLSBench.server().tlsPort)))
        defer { proxy.stop() }
        var before = 0
        try await TLSBench.withClient(try await TLSBench.settings(proxy.port)) { client in
            _ = try await client.send(RedisCommand("PING"))
            before = proxy.recordedBytes.map(\.count).reduce(0, +)
        }
        try await proxy.waitForOpenConnections(0)
        let bytes = proxy.recordedBytes.flatMap { $0 }
        #expect(bytes.count > before)
        // The kind of a record is hidden in TLS 1.3; an alert has 19 bytes with its seal.
        #expect(bytes.count - before == 24)
    }

    @Test func aConnectionThatBreaksIsMadeAgain() async throws {
        let proxy = try FaultProxy(to: .port(try #require(try await TLSBench.server().tlsPort)))
        defer { proxy.stop() }
        try await TLSBench.withClient(try await TLSBench.settings(proxy.port)) { client in
            try await client.connect()
            for round in 2...4 {
                // In turn: an end without the one of TLS, and an error.
                if round.isMultiple(of: 2) { proxy.closeConnections() } else { proxy.resetConnections() }
                try await proxy.waitForConnections(round)
                try await client.connect()
                #expect(try await client.send(RedisCommand("PING")).text == "PONG")
            }
        }
    }

    @Test func aTaskGetsOnlyItsOwnRepliesThoughOthersAreCancelled() async throws {
        let settings = try await TLSBench.settings(TLSBench.server().tlsPort)
        try await TLSBench.withClient(settings) { client in
            try await client.connect()
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<64 {
                    group.addTask {
                        for round in 0..<50 {
                            // Now and then one that spans records.
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
