// SPDX-License-Identifier: Apache-2.0

import Caching
import Glibc
import Synchronization

/// Measures the CPU time of a miss above its load, and of a read through a backend of bytes above decoding.
///
/// Times are those of the process for each call, from one task.
enum MissBenchmark {
    private static let callsPerRound = 20_000

    private struct Contestant {
        let name: String
        /// The row whose time is subtracted.
        let baseline: Int
        let run: @Sendable (Int) async throws -> Void
    }

    static func run(rounds: Int) async throws {
        let contestants = try await contestants()
        var rows = contestants.map { Measurement(name: $0.name) }
        for round in 0...rounds {
            var times: [Double] = []
            for contestant in contestants {
                let start = cpuNanoseconds
                try await contestant.run(callsPerRound)
                times.append(Double(cpuNanoseconds - start) / Double(callsPerRound))
            }
            // The first round fills the caches.
            guard round > 0 else { continue }
            for (index, contestant) in contestants.enumerated() {
                rows[index].nanoseconds.append(times[index])
                rows[index].extras.append((times[index] - times[contestant.baseline]) / 1000)
            }
        }
        print("\n### Misses, and reads of bytes: CPU time of a call above its baseline\n")
        print("| | above the baseline, µs (median) | range | ns (this run) |\n|---|---:|---:|---:|")
        for row in rows { print(row.extraRow) }
        fflush(nil)
    }

    private static func contestants() async throws -> [Contestant] {
        let next = Counter()
        let hand = HandWrittenFlights(capacity: 10_000)
        let memory = CacheManager()
        let function = cached(ttl: 3600, key: shortKey, manager: memory) { (id: Int) in try await loadUser(id) }
        let suspending = cached(ttl: 3600, key: longKey, manager: memory) { (id: Int) in
            await Task.yield()
            return try await loadUser(id)
        }
        let codec = CacheCodec<User>.json
        let user = try await loadUser(1)
        let bytes = try codec.encode(user)
        let entry = CacheEntry(user, codec: codec, createdAt: 1, expiresAt: nil)
        let stored = InstantBytes(try entry.encoded(for: "users:1"))
        let far = CacheManager(backend: stored)
        let read = cached(ttl: 3600, key: "users:1", manager: far) { () async throws -> User in throw Unexpected() }
        let keeping = CacheManager(backend: PromptBytes(base: stored))
        let prompt = cached(ttl: 3600, key: "users:1", manager: keeping) { () async throws -> User in throw Unexpected()
        }
        let dead = CacheManager(backend: DeadBackend())
        let beside = cached(ttl: 3600, key: shortKey, manager: dead) { (id: Int) in try await loadUser(id) }
        return [
            Contestant(name: "the bare function (baseline of the next three)", baseline: 0) { calls in
                for _ in 0..<calls { _ = try await loadUser(next.next()) }
            },
            Contestant(name: "a flight and a bounded dictionary by hand, distinct keys", baseline: 0) { calls in
                for _ in 0..<calls { _ = try await hand.user(next.next()) }
            },
            Contestant(name: "`cached`, distinct keys with eviction", baseline: 0) { calls in
                for _ in 0..<calls { _ = try await function(next.next()) }
            },
            Contestant(name: "`cached` in front of an unavailable backend", baseline: 0) { calls in
                for _ in 0..<calls { _ = try await beside(next.next()) }
            },
            Contestant(name: "a function that suspends (baseline of the next)", baseline: 4) { calls in
                for _ in 0..<calls {
                    await Task.yield()
                    _ = try await loadUser(next.next())
                }
            },
            Contestant(name: "`cached` around it, distinct keys with eviction", baseline: 4) { calls in
                for _ in 0..<calls { _ = try await suspending(next.next()) }
            },
            Contestant(name: "decoding alone (baseline of the next)", baseline: 6) { calls in
                for _ in 0..<calls { _ = try codec.decode(bytes) }
            },
            Contestant(name: "`cached`, a hit in a backend of bytes that answers at once", baseline: 6) { calls in
                for _ in 0..<calls { _ = try await read() }
            },
            Contestant(name: "`cached`, the same in a backend that keeps deadlines itself", baseline: 6) { calls in
                for _ in 0..<calls { _ = try await prompt() }
            },
        ]
    }

    private static var cpuNanoseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// The error of a load where a hit was expected.
private struct Unexpected: Error {}

/// A source of distinct numbers.
private final class Counter: Sendable {
    private let value = Atomic<Int>(0)
    func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).newValue }
}

/// A single flight as written by hand: a dictionary of running tasks and one of values, which is emptied when it is
/// full.
private final class HandWrittenFlights: Sendable {
    private struct State {
        var values: [String: User] = [:]
        var running: [String: Task<User, any Error>] = [:]
    }

    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    nonisolated(nonsending) func user(_ id: Int) async throws -> User {
        let key = shortKey(id)
        let task = state.withLock { state -> Task<User, any Error>? in
            if state.values[key] != nil { return nil }
            if let running = state.running[key] { return running }
            let task = Self.begin { try await loadUser(id) }
            state.running[key] = task
            return task
        }
        guard let task else { return try await loadUser(id) }
        let user = try await task.value
        state.withLock { state in
            state.running[key] = nil
            if state.values.count >= capacity { state.values.removeAll(keepingCapacity: true) }
            state.values[key] = user
        }
        return user
    }

    private static func begin(_ load: @escaping @Sendable () async throws -> User) -> Task<User, any Error> {
        if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
            return Task.immediate { try await load() }
        }
        return Task { try await load() }
    }
}

/// A backend of bytes that always returns the same entry without suspending.
private struct InstantBytes: CacheBackend {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func get(_ key: String) async throws -> CacheEntry? { try CacheEntry(encoded: bytes, for: key) }
    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws {}
    func delete(_ key: String) async throws -> Bool { false }
    func invalidate(_ pattern: KeyPattern) async throws -> Int { 0 }
    func has(_ key: String) async throws -> Bool { true }
    func clear() async throws {}
}

/// A backend of the same bytes that keeps deadlines itself.
private struct PromptBytes: DeadlineKeepingBackend {
    let base: InstantBytes

    func get(_ key: String) async throws -> CacheEntry? { try await base.get(key) }
    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws {}
    func delete(_ key: String) async throws -> Bool { false }
    func invalidate(_ pattern: KeyPattern) async throws -> Int { 0 }
    func has(_ key: String) async throws -> Bool { true }
    func clear() async throws {}
}

/// A backend that cannot be reached.
private struct DeadBackend: CacheBackend {
    struct Unreachable: Error {}

    func get(_ key: String) async throws -> CacheEntry? { throw Unreachable() }
    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws { throw Unreachable() }
    func delete(_ key: String) async throws -> Bool { throw Unreachable() }
    func invalidate(_ pattern: KeyPattern) async throws -> Int { throw Unreachable() }
    func has(_ key: String) async throws -> Bool { throw Unreachable() }
    func clear() async throws { throw Unreachable() }
}
