// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport

extension TestBackend {
    /// Returns a backend with timeouts that are short, as those of a service.
    static func withShortTimeouts(_ url: String, prefix: String = "test:") throws -> RedisBackend {
        var configuration = try configuration(url)
        configuration.timeout = .milliseconds(1000)
        configuration.connectTimeout = .milliseconds(2000)
        return RedisBackend(configuration, prefix: prefix)
    }
}

extension CacheManager {
    /// Whether the backend is available and not known to be disconnected.
    var isUsable: Bool { health["default"].map { $0.isAvailable && $0.isConnected != false } ?? false }

    /// Waits until an entry can be set and read: the server is used, and missed changes were replayed.
    func waitUntilUsable() async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do {
                try await set("probe", 1)
                if try await get("probe", as: Int.self) == 1 { return }
            } catch {
                guard ContinuousClock.now < deadline else { throw error }
            }
            guard ContinuousClock.now < deadline else { throw TestSupportError("the server is not used again") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
