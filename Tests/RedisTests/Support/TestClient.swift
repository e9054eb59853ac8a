// SPDX-License-Identifier: Apache-2.0

import RedisClient
import RedisTestSupport

/// Clients with long timeouts, or with short ones for tests of timeouts.
enum TestClient {
    static func settings(_ url: String, hasLongTimeouts: Bool = true) throws -> RedisSettings {
        var settings = try RedisSettings(url: url)
        settings.timeout = hasLongTimeouts ? .seconds(30) : .milliseconds(1000)
        settings.livenessTimeout = hasLongTimeouts ? .seconds(60) : .milliseconds(3000)
        settings.connectTimeout = hasLongTimeouts ? .seconds(30) : .milliseconds(2000)
        settings.reconnectPolicy.maximumBackoff = .milliseconds(200)
        settings.reconnectPolicy.minimumBackoff = .milliseconds(1)
        return settings
    }

    /// Calls a closure with a client, and shuts the client down.
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
    /// The number of established connections.
    var connections: Int {
        events.count { if case .connected = $0 { true } else { false } }
    }
}

extension RedisClient {
    /// Sends a command repeatedly until there is a reply, as after a lost connection.
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
