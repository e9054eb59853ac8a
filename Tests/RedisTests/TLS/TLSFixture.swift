// SPDX-License-Identifier: Apache-2.0

import RedisClient
import RedisTestSupport
import Synchronization
import Testing

/// TLS servers and clients for tests.
enum TLSFixture {
    /// Whether there are a server with TLS and a tool that creates certificates.
    static var isAvailable: Bool { RedisServer.isAvailable(.redis) && TestCertificates.isAvailable }

    static let password = "a-secret-word"

    private static let starting = Mutex<Task<RedisServer, any Error>?>(nil)

    /// Returns a server with ``password`` that the tests of this process share.
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

    /// Returns settings that trust the authority of the test certificates.
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

    /// Calls a closure with a client, and shuts the client down.
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

    /// Expects that a server replies to a client.
    static func expectAnswer(_ settings: RedisSettings) async throws {
        let answer = try await withClient(settings) { try await $0.send(RedisCommand("PING")) }
        #expect(answer.text == "PONG")
    }

    /// Returns the message of a failed attempt to connect, and expects that it contains no secret.
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
