// SPDX-License-Identifier: Apache-2.0

extension UserSnippet {
    static let onManagers = [
        UserSnippet(
            "32 a configuration from JSON",
            #"""
            func f(_ data: Data) throws -> CacheConfiguration {
                try JSONDecoder().decode(CacheConfiguration.self, from: data)
            }
            func g(_ data: Data) throws -> CacheConfiguration {
                CacheConfiguration(try JSONDecoder().decode([String: [String: ConfigurationValue]].self, from: data))
            }
            """#,
            .compiles
        ),
        UserSnippet(
            "33 a configuration from variables",
            #"""
            func f(_ ttl: Int, _ prefix: String) async throws {
                try await CacheManager.configure(["default": ["ttl": ttl, "prefix": prefix]])
            }
            """#,
            .compiles
        ),
        UserSnippet(
            "35 a lifetime in a configuration",
            #"func f() async throws { try await CacheManager.configure(["default": ["ttl": .minutes(5)]]) }"#,
            .explained(
                "type 'any ConfigurationConvertible' has no member 'minutes'",
                guide: "a number with `ms`, `s`, `m`, `h` or `d`",
                remedy: #"""
                    func f() async throws {
                        try await CacheManager.configure(["default": ["ttl": "5m"], "a": ["ttl": TTL.minutes(5)]])
                    }
                    """#
            )
        ),
        UserSnippet(
            "36 a read without a type",
            #"func f() async throws { let value = try await cache.get("k"); _ = value }"#,
            .explained(
                "generic parameter 'Value' could not be inferred",
                guide: #"let text: String? = try await cache.get("motd")"#,
                remedy: #"func f() async throws { let value: String? = try await cache.get("k"); _ = value }"#
            )
        ),
        UserSnippet(
            "53 a subclass of MemoryBackend",
            "final class Mine: MemoryBackend {}",
            .refused("inheritance from a final class 'MemoryBackend'")
        ),
    ]
}
