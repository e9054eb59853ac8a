// SPDX-License-Identifier: Apache-2.0

import Foundation
import RedisClient
import RedisTestSupport
import Testing

/// Servers that disappear, hang, or send invalid bytes on TLS connections.
@Suite("Faults of TLS connections", .enabled(if: TLSFixture.isAvailable))
struct TLSFaultTests {
    @Test(arguments: [0, 1, 5, 6, 100, 600])
    func `a connection lost in the handshake is an error`(bytes: Int) async throws {
        let proxy = try FaultProxy(to: .port(try #require(try await TLSFixture.server().tlsPort)))
        defer { proxy.stop() }
        let settings = try await TLSFixture.settings(proxy.port, host: "127.0.0.1")
        proxy.set(.cut(after: bytes), for: .toClient)
        var text = try await TLSFixture.failure(settings)
        #expect(text.contains("was lost in the TLS handshake"), "\(text)")
        proxy.set(.reset(after: bytes), for: .toClient)
        text = try await TLSFixture.failure(settings)
        #expect(text.contains("was lost in the TLS handshake"), "\(text)")
        proxy.set(.pass)
        try await TLSFixture.expectAnswer(settings)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a handshake without an answer times out`() async throws {
        let proxy = try FaultProxy(to: .port(try #require(try await TLSFixture.server().tlsPort)))
        defer { proxy.stop() }
        proxy.set(.swallow)
        var settings = try await TLSFixture.settings(proxy.port, host: "127.0.0.1")
        settings.connectTimeout = .milliseconds(100)
        let text = try await TLSFixture.failure(settings)
        #expect(
            text.contains("did not answer the TLS handshake in time; is it a plain server on that port?"),
            "\(text)"
        )
    }

    @Test(.timeLimit(.minutes(1)))
    func `an incomplete handshake times out`() async throws {
        let proxy = try FaultProxy(to: .port(try #require(try await TLSFixture.server().tlsPort)))
        defer { proxy.stop() }
        proxy.set(.throttle(bytes: 100, every: .seconds(30)), for: .toClient)
        var settings = try await TLSFixture.settings(proxy.port, host: "127.0.0.1")
        settings.connectTimeout = .milliseconds(200)
        let text = try await TLSFixture.failure(settings)
        #expect(text.contains("did not complete the TLS handshake in time"), "\(text)")
    }

    /// Invalid records of each type, and one that is too long.
    @Test(arguments: [
        [22, 3, 3, 0, 4, 2, 0, 0, 0], [22, 3, 3, 0, 2, 99, 99], [22, 3, 3, 255, 255, 1], [22, 0, 0, 0, 1, 1],
        [21, 3, 3, 0, 2, 2, 40], [21, 3, 3, 0, 2, 9, 9], [21, 3, 3, 0, 1, 1], [22, 3, 3, 0, 0],
        [22, 3, 3, 0, 1, 2, 23, 3, 3, 0, 1, 0], [20, 3, 3, 0, 1, 1], [0], [255, 254],
    ])
    func `invalid records end the attempt to connect`(bytes: [UInt8]) async throws {
        let server = try ScriptedServer(greeting: { _ in .close(after: bytes) }) { _, _ in .none }
        defer { server.stop() }
        let settings = try await TLSFixture.settings(server.port, host: "127.0.0.1")
        #expect(!(try await TLSFixture.failure(settings)).isEmpty)
    }

    @Test func `replayed records end the attempt to connect`() async throws {
        // Replays the bytes of a client of another session, whose keys differ.
        let proxy = try FaultProxy(to: .port(try #require(try await TLSFixture.server().tlsPort)))
        defer { proxy.stop() }
        let settings = try await TLSFixture.settings(proxy.port, host: "127.0.0.1")
        try await TLSFixture.withClient(settings) { client in _ = try await client.send(RedisCommand("PING")) }
        let replay = proxy.recordedBytes.flatMap { $0 }
        let server = try ScriptedServer(greeting: { _ in .close(after: replay) }) { _, _ in .none }
        defer { server.stop() }
        let text = try await TLSFixture.failure(try await TLSFixture.settings(server.port, host: "127.0.0.1"))
        #expect(text.contains("127.0.0.1"), "\(text)")
    }

    @Test func `connections leak no descriptors`() async throws {
        let settings = try await TLSFixture.settings(TLSFixture.server().tlsPort, host: "127.0.0.1")
        var stranger = settings
        stranger.tls?.authorityFile = try await TestCertificates.shared().unknownAuthority.certificate
        for _ in 0..<20 { try await Self.connectOnce(settings) }
        let descriptors = FileDescriptors.count
        for round in 0..<200 {
            try await Self.connectOnce(settings)
            if round.isMultiple(of: 10) { _ = try await TLSFixture.failure(stranger) }
        }
        // Other tests open descriptors at the same time.
        try await Waiting.until("no more descriptors than before") { FileDescriptors.count < descriptors + 100 }
    }

    /// A connection and its context take about 90 KB.
    ///
    /// The memory can only be measured in a process without other tests.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["CACHING_MEMORY"] != nil, ".ci/run does it alone"))
    func connectionsLeaveNoMemory() async throws {
        let settings = try await TLSFixture.settings(TLSFixture.server().tlsPort, host: "127.0.0.1")
        for _ in 0..<20 { try await Self.connectOnce(settings) }
        let memory = Self.residentBytes
        for _ in 0..<200 { try await Self.connectOnce(settings) }
        #expect(Self.residentBytes - memory < 10 << 20)
    }

    private static func connectOnce(_ settings: RedisSettings) async throws {
        try await TLSFixture.expectAnswer(settings)
    }

    /// The resident memory of this process; zero where it is unknown.
    private static var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let words = text.split(separator: " ")
        return words.count > 1 ? (Int(words[1]) ?? 0) * 4096 : 0
    }
}
