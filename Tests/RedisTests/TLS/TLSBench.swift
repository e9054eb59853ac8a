// SPDX-License-Identifier: Apache-2.0

import RedisClient
import RedisTestSupport
import Synchronization
import Testing

/// Servers that speak TLS, and clients of them.
enum TLSBench {
    /// Whether there are a server that knows TLS and a tool that makes certificates.
    static var isAvailable: Bool { RedisServer.isAvailable(.redis) && TestCertificates.isAvailable }

    static let password = "a-secret-word"

    private static let starting = Mutex<Task<RedisServer, any Error>?>(nil)

    /// A server with ``password`` that the tests of this process share.
    static func server() async throws -> RedisServer {
        let task = starting.withLock { task in
            if let task { return task }
            let new = Task {
                let certificates = try await TestCertificates.shared()
                let server = try RedisServer(.redis, ServerOptions(password: password, tls: certificates))
                try await server.start()
                return server
            }
            task = new
            return new
        }
        return try await task.value
    }

    /// Settings that trust the authority of the bench.
    static func settings(_ port: Int?, host: String = "localhost") async throws -> RedisSettings {
        var settings = RedisSettings()
        settings.endpoint = .host(host, port: try #require(port))
        settings.password = password
        settings.tls = TLSSettings(authorityFile: try await TestCertificates.shared().authority.certificate)
        settings.connectTimeout = .seconds(20)
        settings.timeout = .seconds(20)
        settings.livenessTimeout = .seconds(20)
        return settings
    }

    /// Runs a closure with a client, and closes it.
    static func withClient<Output>(
        _ settings: RedisSettings,
        _ body: (RedisClient) async throws -> Output
    ) async throws -> Output {
        let client = RedisClient(settings)
        do {
            let output = try await body(client)
            await client.shutdown()
            return output
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// Expects that a client can talk to a server.
    static func expectAnswer(_ settings: RedisSettings) async throws {
        let answer = try await withClient(settings) { try await $0.send(RedisCommand("PING")) }
        #expect(answer.text == "PONG")
    }

    /// The text of the error of an attempt to connect, in which no secret may be.
    static func failure(_ settings: RedisSettings) async throws -> String {
        let error = try await withClient(settings) { client in
            await #expect(throws: RedisError.self) { try await client.connect() }
        }
        let text = try #require(error).description
        #expect(!text.contains(password))
        #expect(!text.contains("PRIVATE KEY"))
        #expect(!text.contains("may have run"), "\(text)")
        return text
    }
}
