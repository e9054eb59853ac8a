// SPDX-License-Identifier: Apache-2.0

import Caching

/// Random operations on a backend and on a ``MemoryModel``, which must agree.
///
/// The backend may hold fewer entries than the model, because it evicts, but no other entries.
struct MemoryModelRun {
    /// A difference between backend and model, with the seed to reproduce it.
    struct Difference: Error, CustomStringConvertible {
        let description: String
    }

    private static let second: Int64 = 1_000_000_000
    private static let day = 86_400 * second

    private let shape: MemoryModelShape
    private let seed: UInt64
    private let clock = SettableClock()
    private let backend: MemoryBackend
    private let keys: [String]
    private var random: SeededGenerator
    private var model = MemoryModel()
    private var limit: Int
    private var step = 0

    init(_ shape: MemoryModelShape, seed: UInt64) {
        self.shape = shape
        self.seed = seed
        random = SeededGenerator(seed: seed)
        limit = shape.limit
        let hash = KeyHash(seed: random.next(), secret: random.next() | 1)
        backend = MemoryBackend(capacity: shape.capacity, clock: clock, hash: hash)
        keys = (0..<shape.keyCount).map { number in
            number % 50 == 0 ? "plain\(number)" : "n\(number % 7):m\(number % 31):\(number)"
        }
    }

    /// Performs this many random operations, and checks the invariants periodically and at the end.
    mutating func run(steps: Int) async throws {
        for _ in 0..<steps {
            step += 1
            try await act()
            let (count, cost) = (backend.count, backend.cost)
            try expect(cost <= limit, "the cost \(cost) is at most \(limit)")
            try expect(count <= cost, "\(count) entries cost at least as much, \(cost)")
            if step % 4000 == 0 { try checkInvariants() }
        }
        try checkInvariants()
        for key in keys { try await read(key) }
    }

    private mutating func act() async throws {
        switch Int.random(in: 0..<20_000, using: &random) {
        case 0..<9000: try await read(randomKey())
        case 9000..<16_000: try await set(randomKey())
        case 16_000..<17_000: try await remove(randomKey())
        case 17_000..<17_500: try await has(randomKey())
        case 17_500..<17_600: try await invalidate(randomPattern())
        case 17_600..<17_700: try await invalidate(tag: randomTag())
        case 17_700..<19_800: clock.nanoseconds &+= Int64.random(in: 0...Self.second / 8, using: &random)
        case 19_800..<19_900: clock.nanoseconds += Int64.random(in: 0...100 * Self.second, using: &random)
        case 19_900..<19_950: clock.nanoseconds -= Int64.random(in: 0...20 * Self.second, using: &random)
        case 19_950..<19_954: clock.nanoseconds += Int64.random(in: -2000...3000, using: &random) * Self.day
        case 19_954..<19_980: backend.sweep()
        case 19_980..<19_998:
            limit = max(1, shape.limit * Int.random(in: 0...25, using: &random) / 10)
            backend.resize(to: limit)
        default:
            await backend.clear()
            model.clear()
            try expect(backend.count == 0, "it is empty")
        }
    }

    private mutating func read(_ key: String) async throws {
        let now = clock.nanoseconds
        let expected = model.entry(key, now: now)
        if step % 2 == 0 {
            guard let found = await backend.get(key) else { return noteAbsence(of: key, now) }
            try expect(expected != nil, "\(key) is absent")
            try expect(found.value.unboxed(as: Int.self) == expected?.value, "\(key) has the value that was stored")
            try expect(found.tags == expected?.tags, "\(key) has its tags")
        } else {
            guard let found = backend.value(for: key, as: Int.self) else {
                // This method does not find a stale value, although it is present.
                if let expected, expected.freshUntil > now { model.remove(key) }
                return
            }
            try expect(found == expected?.value, "\(key) has the value that was stored")
            try expect((expected?.freshUntil ?? .min) > now, "\(key) is fresh")
        }
    }

    private mutating func has(_ key: String) async throws {
        if await backend.has(key) {
            try expect(model.entry(key, now: clock.nanoseconds) != nil, "\(key) is absent")
        } else {
            noteAbsence(of: key, clock.nanoseconds)
        }
    }

    /// Removes an evicted key from the model.
    ///
    /// An expired entry stays in the model, because the clock may go back.
    private mutating func noteAbsence(of key: String, _ now: Int64) {
        if model.entry(key, now: now) != nil { model.remove(key) }
    }

    private mutating func set(_ key: String) async throws {
        let now = clock.nanoseconds
        let value = step << 20 | shape.randomCost(of: limit, &random)
        var (ttl, window, tags): (Int64?, Int64, [String]) = (nil, 0, [])
        if Bool.random(using: &random) {
            let seconds = Int64(1) << Int64.random(in: 0...18, using: &random)
            ttl = Int64.random(in: 1...seconds * Self.second, using: &random)
            // In microseconds, the unit of an entry.
            if Int.random(in: 0..<4, using: &random) == 0 { window = (ttl ?? 0) / 2000 * 1000 }
        }
        if Int.random(in: 0..<4, using: &random) == 0 { tags = [randomTag(), randomTag()] }
        let wasThere = await backend.has(key)
        let entry = CacheEntry(
            value: ValueBox(value, codec: nil),
            createdAt: Int64(step % 3),
            freshUntil: ttl.map { _ in 0 },
            expiresAt: ttl.map { _ in window / 1000 },
            tags: tags
        )
        do {
            try await backend.set(key, entry, ttl: ttl.map { .nanoseconds($0) })
        } catch let error as CacheError {
            guard case .entryTooLarge(key, let cost, limit) = error, cost > limit else { throw error }
            try expect(await !backend.has(key), "what is too large leaves nothing under \(key)")
            return model.remove(key)
        }
        model.set(
            key,
            MemoryModel.Entry(
                value: value,
                freshUntil: ttl.map { now + $0 - window } ?? .max,
                expiresAt: ttl.map { now + $0 } ?? .max,
                tags: tags
            )
        )
        // An entry that is replaced by a larger one may be evicted itself.
        if !wasThere { try expect(await backend.has(key), "\(key) is there when it has been stored") }
    }

    private mutating func remove(_ key: String) async throws {
        let wasAlive = model.entry(key, now: clock.nanoseconds) != nil
        let isRemoved = await backend.delete(key)
        try expect(wasAlive || !isRemoved, "\(key) was gone before it was removed")
        model.remove(key)
        try expect(await !backend.has(key), "\(key) is removed")
    }

    private mutating func invalidate(_ pattern: KeyPattern) async throws {
        let alive = model.removeAll(now: clock.nanoseconds) { key, _ in pattern.matches(key) }
        let removed = await backend.invalidate(pattern)
        try expect(removed <= alive, "at most \(alive) match \(pattern), and not \(removed)")
    }

    private mutating func invalidate(tag: String) async throws {
        let alive = model.removeAll(now: clock.nanoseconds) { _, entry in entry.tags.contains(tag) }
        let removed = await backend.invalidate(tag: tag) ?? -1
        try expect((0...alive).contains(removed), "at most \(alive) have the tag \(tag), and not \(removed)")
    }

    /// Returns a random key, low numbers more often than high ones.
    private mutating func randomKey() -> String {
        let part = Double.random(in: 0..<1, using: &random)
        return keys[Int(part * part * part * Double(keys.count))]
    }

    private mutating func randomTag() -> String { "t\(Int.random(in: 0..<12, using: &random))" }

    private mutating func randomPattern() -> KeyPattern {
        let key = keys[Int.random(in: 0..<keys.count, using: &random)]
        let cut = key.prefix(Int.random(in: 2...key.count, using: &random))
        return KeyPattern(Bool.random(using: &random) ? "\(cut)*" : "\(cut)*\(key.suffix(1))")
    }

    private func checkInvariants() throws {
        #if CACHING_INVARIANTS
            do { try backend.checkInvariants() } catch { try expect(false, "\(error)") }
        #endif
    }

    private func expect(_ condition: Bool, _ expectation: @autoclosure () -> String) throws {
        guard !condition else { return }
        throw Difference(description: "\(shape), seed \(seed), step \(step): expected that \(expectation())")
    }
}
