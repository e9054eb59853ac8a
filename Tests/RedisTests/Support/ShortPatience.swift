// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport

extension TestBackend {
    /// Returns a backend that waits as briefly as one of a service does.
    static func impatient(_ url: String, prefix: String = "test:") throws -> RedisBackend {
        var configuration = try configuration(url)
        configuration.timeout = .milliseconds(1000)
        configuration.connectTimeout = .milliseconds(2000)
        return RedisBackend(configuration, prefix: prefix)
    }
}

extension CacheManager {
    /// Whether the backend can be used, as far as is known.
    var isUsable: Bool { health["default"].map { $0.isAvailable && $0.isConnected != false } ?? false }

    /// Waits until a value that is set is there: the server is back and what was missed is made up for.
    func waitUntilUsed() async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do {
                try await set("probe", 1)
                if try await get("probe", as: Int.self) == 1 { return }
            } catch {
                guard ContinuousClock.now < deadline else { throw error }
            }
            guard ContinuousClock.now < deadline else { throw BenchError("the server is not used again") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
