// SPDX-License-Identifier: Apache-2.0

import Caching
import Synchronization

/// A backend that stores the bytes of entries, as a server does, and whose bytes a test can replace.
final class ByteStore: CacheBackend {
    private struct State {
        var bytes: [[UInt8]: [UInt8]] = [:]
        var reads = 0
        var writes = 0
    }

    private let state = Mutex(State())

    /// The number of reads.
    var reads: Int { state.withLock(\.reads) }

    /// The number of writes.
    var writes: Int { state.withLock(\.writes) }

    /// All keys.
    var keys: [String] { state.withLock { $0.bytes.keys.map { String(decoding: $0, as: UTF8.self) } } }

    /// The bytes under a key.
    subscript(key: String) -> [UInt8]? {
        get { state.withLock { $0.bytes[Array(key.utf8)] } }
        set { state.withLock { $0.bytes[Array(key.utf8)] = newValue } }
    }

    func get(_ key: String) async throws -> CacheEntry? {
        let bytes = state.withLock { state in
            state.reads += 1
            return state.bytes[Array(key.utf8)]
        }
        return try bytes.map { try CacheEntry(encoded: $0, for: key) }
    }

    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws {
        let bytes = try entry.encoded(for: key)
        state.withLock { state in
            state.writes += 1
            state.bytes[Array(key.utf8)] = bytes
        }
    }

    func delete(_ key: String) async throws -> Bool {
        state.withLock { $0.bytes.removeValue(forKey: Array(key.utf8)) } != nil
    }

    func invalidate(_ pattern: KeyPattern) async throws -> Int {
        state.withLock { state in
            let matching = state.bytes.keys.filter { pattern.matches(String(decoding: $0, as: UTF8.self)) }
            for key in matching { state.bytes[key] = nil }
            return matching.count
        }
    }

    func has(_ key: String) async throws -> Bool { self[key] != nil }

    func clear() async throws { state.withLock { $0.bytes = [:] } }
}

/// A decorator that stores the entries that its base reads in memory.
struct MemoryInFront: CacheBackend {
    let memory: MemoryBackend
    let base: any CacheBackend

    func get(_ key: String) async throws -> CacheEntry? {
        if let entry = await memory.get(key) { return entry }
        guard let entry = try await base.get(key) else { return nil }
        try await memory.set(key, entry, ttl: .seconds(60))
        return entry
    }

    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws {
        try await base.set(key, entry, ttl: ttl)
        try await memory.set(key, entry, ttl: ttl)
    }

    func delete(_ key: String) async throws -> Bool {
        await memory.delete(key)
        return try await base.delete(key)
    }

    func invalidate(_ pattern: KeyPattern) async throws -> Int {
        await memory.invalidate(pattern)
        return try await base.invalidate(pattern)
    }

    func has(_ key: String) async throws -> Bool { try await get(key) != nil }

    func clear() async throws {
        await memory.clear()
        try await base.clear()
    }
}

/// Changes of stored bytes by a party that knows the format.
enum Tampering {
    /// The offsets of the three times in an envelope.
    static let times = [17, 25, 33]

    /// Returns the bytes with a valid checksum.
    static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count > 7 else { return bytes }
        var bytes = bytes
        let sum = bytes[7...].withUnsafeBytes { CRC32.checksum($0) }
        withUnsafeBytes(of: sum.littleEndian) { bytes.replaceSubrange(3..<7, with: $0) }
        return bytes
    }

    /// Returns the bytes with other times: creation, end of freshness, expiry.
    static func withTimes(_ times: [Int64], _ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for (place, time) in zip(Self.times, times) {
            withUnsafeBytes(of: time.littleEndian) { bytes.replaceSubrange(place..<(place + 8), with: $0) }
        }
        return sealed(bytes)
    }

    /// Returns the bytes with a newer format.
    static func newerFormat(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        bytes[2] += 1
        return sealed(bytes)
    }

    /// Returns the bytes with a flag of a later version.
    static func unknownFlag(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        bytes[8] = 0x80
        return sealed(bytes)
    }

    /// Returns the bytes with another value of the same type.
    static func withValue(_ text: String, insteadOf old: String, _ bytes: [UInt8]) -> [UInt8] {
        sealed(Array(bytes.dropLast(old.utf8.count)) + Array(text.utf8))
    }
}
