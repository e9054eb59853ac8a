// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import Synchronization

/// A cached function with a server as its backend.
final class CachedUsers: Sendable {
    static let count = 10_000

    let keyPrefix: String
    private let manager: CacheManager
    private let user: CachedFunction<Int, Customer>
    private let next = Atomic<Int>(1_000_000)

    init(_ url: String, format: String) async throws {
        let configuration: CacheConfiguration = [
            "default": [
                "driver": "redis", "url": .text(url), "prefix": .text("bench-\(format)"), "format": .text(format),
                "ttl": 3600, "timeout": 5, "startup_check": "off",
            ]
        ]
        let manager = try await CacheManager.make(configuration, drivers: [.memory, .redis])
        self.manager = manager
        keyPrefix = "bench-\(format):default:"
        user = cached(ttl: 3600, key: { "users:\($0)" }, manager: manager) { (_: Int) async throws in Customer.sample }
        for number in 0..<Self.count { _ = try await user(number) }
    }

    func hit(_ number: Int) async throws -> Customer { try await user(number % Self.count) }

    func miss() async throws -> Customer { try await user(next.wrappingAdd(1, ordering: .relaxed).newValue) }
}
