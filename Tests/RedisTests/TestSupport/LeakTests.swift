// SPDX-License-Identifier: Apache-2.0

import RedisTestSupport
import Testing

/// Leaks of descriptors and threads in the test support.
///
/// Other tests open and close files at the same time, so the tests repeat each step often, and compare the counts with
/// tolerance.
@Suite("Leaks of the test support")
struct LeakTests {
    /// The tolerance for other tests, which is less than the fifty leaks of a broken step.
    private static let slack = 25

    @Test func `proxied connections leak no descriptors`() async throws {
        try await expectNoLeak {
            let server = try ScriptedServer { _, _ in .ok }
            defer { server.stop() }
            let proxy = try FaultProxy(to: server.endpoint)
            defer { proxy.stop() }
            for number in 0..<50 {
                let connection = try RESPConnection(to: proxy.endpoint)
                #expect(try connection.send(["PING"]) == .simple("OK"))
                if number == 25 { proxy.resetConnections() }
            }
            #expect(proxy.statistics.connections == 50)
        }
    }

    @Test func `proxies and scripted servers leak nothing`() async throws {
        try await expectNoLeak {
            for _ in 0..<50 {
                // These stop with their last references.
                let server = try ScriptedServer { _, _ in .ok }
                let proxy = try FaultProxy(to: server.endpoint)
                let connection = try RESPConnection(to: proxy.endpoint)
                #expect(try connection.send(["PING"]) == .simple("OK"))
            }
        }
    }

    @Test(.enabled(if: TestCertificates.isAvailable))
    func `programs leak no descriptors`() async throws {
        let openssl = try #require(ToolRun.find("openssl"))
        let before = FileDescriptors.count
        for _ in 0..<25 { _ = try await ToolRun.run(openssl, ["version"]) }
        try await Waiting.until("no more descriptors") { FileDescriptors.count < before + Self.slack }
    }

    private func expectNoLeak(_ body: @escaping @Sendable () throws -> Void) async throws {
        let (descriptors, threads) = (FileDescriptors.count, Threads.count)
        try await Waiting.run(body)
        try await Waiting.until("no more descriptors than before") {
            FileDescriptors.count < descriptors + Self.slack
        }
        try await Waiting.until("no more threads than before") { Threads.count < threads + Self.slack }
    }
}
