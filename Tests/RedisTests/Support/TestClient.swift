// SPDX-License-Identifier: Apache-2.0

import RedisClient
import RedisTestSupport

/// Settings of clients whose deadlines are short, for tests that wait for them, or long for those that must not.
enum TestClient {
    static func settings(_ url: String, patient: Bool = true) throws -> RedisSettings {
        var settings = try RedisSettings(url: url)
        settings.timeout = patient ? .seconds(30) : .milliseconds(1000)
        settings.livenessTimeout = patient ? .seconds(60) : .milliseconds(3000)
        settings.connectTimeout = patient ? .seconds(30) : .milliseconds(2000)
        settings.supervision.longestPause = 200_000_000
        settings.supervision.shortestPause = 1_000_000
        return settings
    }

    /// A client on a server, ended after a closure.
    static func with(
        _ settings: RedisSettings,
        _ body: (RedisClient, EventLog<RedisConnectionEvent>) async throws -> Void
    ) async throws {
        let log = EventLog<RedisConnectionEvent>()
        let client = RedisClient(settings) { log.add($0) }
        do {
            try await body(client, log)
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }
}

extension EventLog<RedisConnectionEvent> {
    /// How many connections there were.
    var connections: Int {
        events.count { if case .connected = $0 { true } else { false } }
    }
}

extension RedisClient {
    /// Sends a command until it is answered: after a connection was lost, until there is a new one.
    func sendUntilAnswered(_ command: RedisCommand, within limit: Duration = .seconds(60)) async throws {
        let deadline = ContinuousClock.now + limit
        while true {
            do {
                _ = try await send(command)
                return
            } catch {
                guard ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(2))
            }
        }
    }
}
