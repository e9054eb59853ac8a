// SPDX-License-Identifier: Apache-2.0

import Caching

/// The backend of a check, with helpers for checks.
struct ConformanceRun: Sendable {
    let backend: any CacheBackend
    let elapse: @Sendable (Duration) async throws -> Void

    /// The wall time of the entries that checks write, which backends keep and must not use.
    static let createdAt: Int64 = 1_780_000_000_000_000

    /// Stores a text.
    func set(_ key: String, _ value: String?, ttl: Duration? = .seconds(3600), tags: [String] = []) async throws {
        let entry = CacheEntry(value, codec: .json, createdAt: Self.createdAt, expiresAt: nil, tags: tags)
        try await backend.set(key, entry, ttl: ttl)
    }

    /// Returns an entry with a text and the given times.
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

    /// Returns the text of a key; nil when there is no entry, and an optional text when there is.
    func get(_ key: String) async throws -> String?? {
        try await backend.get(key).map { try $0.value(as: String?.self, codec: .json) }
    }

    /// Throws unless a key has a text.
    func expect(_ key: String, _ expected: String?) async throws {
        guard let found = try await get(key) else { throw ContractViolation("\(key) is missing") }
        guard found == expected else {
            throw ContractViolation("\(key) is \(String(describing: found)), not \(String(describing: expected))")
        }
        guard try await backend.has(key) else { throw ContractViolation("has(\(key)) is false although get finds it") }
    }

    /// Throws unless a key is absent for every function that reads.
    func expectAbsent(_ key: String) async throws {
        if let found = try await get(key) { throw ContractViolation("\(key) is there: \(String(describing: found))") }
        if try await backend.has(key) { throw ContractViolation("has(\(key)) is true although get finds nothing") }
    }

    /// Throws unless two values are equal.
    func expectEqual<Value: Equatable>(_ what: String, _ found: Value, _ expected: Value) throws {
        guard found == expected else { throw ContractViolation("\(what) is \(found), not \(expected)") }
    }
}

/// A violation of a rule by a backend.
struct ContractViolation: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
