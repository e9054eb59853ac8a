// SPDX-License-Identifier: Apache-2.0

import Caching

/// A backend under a check, with what checks need.
struct ConformanceRun: Sendable {
    let backend: any CacheBackend
    let elapse: @Sendable (Duration) async throws -> Void

    /// The wall time of the entries that checks write.
    ///
    /// Backends keep it and do not judge by it.
    static let createdAt: Int64 = 1_780_000_000_000_000

    /// Stores a text.
    func set(_ key: String, _ value: String?, ttl: Duration? = .seconds(3600), tags: [String] = []) async throws {
        let entry = CacheEntry(value, codec: .json, createdAt: Self.createdAt, expiresAt: nil, tags: tags)
        try await backend.set(key, entry, ttl: ttl)
    }

    /// An entry with a text and times of its own.
    func entry(_ value: String, createdAt: Int64 = Self.createdAt, freshUntil: Int64?, expiresAt: Int64?) -> CacheEntry
    {
        CacheEntry(
            value: CacheEntry(value as String?, codec: .json, createdAt: 0, expiresAt: nil).value,
            createdAt: createdAt,
            freshUntil: freshUntil,
            expiresAt: expiresAt,
            tags: []
        )
    }

    /// Reads a text: nil when there is no entry, an optional in an optional when there is.
    func get(_ key: String) async throws -> String?? {
        try await backend.get(key).map { try $0.value(as: String?.self, codec: .json) }
    }

    /// Fails unless a key has this text.
    func expect(_ key: String, _ expected: String?) async throws {
        guard let found = try await get(key) else { throw Broken("\(key) is missing") }
        guard found == expected else {
            throw Broken("\(key) is \(String(describing: found)), not \(String(describing: expected))")
        }
        guard try await backend.has(key) else { throw Broken("has(\(key)) is false although get finds it") }
    }

    /// Fails unless a key is absent for every reading function.
    func expectAbsent(_ key: String) async throws {
        if let found = try await get(key) { throw Broken("\(key) is there: \(String(describing: found))") }
        if try await backend.has(key) { throw Broken("has(\(key)) is true although get finds nothing") }
    }

    /// Fails unless two values are equal.
    func expectEqual<Value: Equatable>(_ what: String, _ found: Value, _ expected: Value) throws {
        guard found == expected else { throw Broken("\(what) is \(found), not \(expected)") }
    }
}

/// A rule of the contract that a backend broke.
struct Broken: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
