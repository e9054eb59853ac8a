// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Listeners", .timeLimit(.minutes(3)))
struct ListenerTests {
    /// The way in which a listener ends.
    enum Leaving: Int, CaseIterable {
        case cancelledBeforeItReads, cancelledWhileItReads, breaksOut, isDroppedUnread, isReadByTwo
    }

    @Test(arguments: [true, false])
    func `listeners that come and go under load never block a call`(inMemory: Bool) async throws {
        let backend: any CacheBackend = inMemory ? MemoryBackend() : RecordingBackend(storage: .bytes)
        let manager = CacheManager(backend: backend, timeout: .seconds(30))
        let ends = CallCounter()
        let function = cached(ttl: 60, key: { "k:\($0)" }, manager: manager) { (number: Int) async in number }
        await withTaskGroup(of: Void.self) { group in
            let emitters = (0..<4).map { number in
                Task {
                    while ends.count == 0 {
                        _ = try? await function(number)
                        if number == 0 { _ = try? await function.invalidate(number) }
                        await Task.yield()
                    }
                }
            }
            for _ in 0..<4 {
                group.addTask {
                    for round in 0..<2000 { await Self.listen(to: manager, Leaving(rawValue: round % 5)) }
                }
            }
            await group.waitForAll()
            ends.increment()
            for emitter in emitters { await emitter.value }
        }
        #expect(try await function(1) == 1)
        await manager.shutdown()
    }

    /// Listens, and ends in a given way.
    private static func listen(to manager: CacheManager, _ leaving: Leaving?) async {
        let events = manager.events(limit: 8)
        switch leaving {
        case .isDroppedUnread, nil: return
        case .breaksOut:
            for await _ in events { break }
        case .cancelledBeforeItReads:
            let listener = Task { for await _ in events {} }
            listener.cancel()
            await listener.value
        case .cancelledWhileItReads:
            let gate = Gate()
            let listener = Task {
                for await _ in events { try? await gate.pass(ignoringCancellation: true) }
            }
            await gate.waitForArrivals(1)
            gate.open()
            listener.cancel()
            await listener.value
        case .isReadByTwo:
            let listeners = (0..<2).map { _ in Task { for await _ in events {} } }
            for listener in listeners { listener.cancel() }
            for listener in listeners { await listener.value }
        }
    }

    @Test(arguments: [2, 64, 1_000_000])
    func `events of each task come in their order and every lost one is counted`(limit: Int) async throws {
        let setup = MemorySetup()
        let events = setup.manager.events(limit: limit)
        let (emitters, each) = (4, 2000)
        let listener = Task {
            var (received, dropped, last) = (0, 0, Array(repeating: -1, count: emitters))
            for await event in events {
                if case .dropped(let count) = event.kind {
                    #expect(event.key == nil)
                    dropped += count
                    continue
                }
                let parts = (event.key ?? "").split(separator: ":").compactMap { Int($0) }
                #expect(parts.count == 2 && last[parts[0]] < parts[1])
                last[parts[0]] = parts[1]
                received += 1
            }
            return (received, dropped)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for emitter in 0..<emitters {
                group.addTask {
                    for number in 0..<each { _ = try await setup.manager.get("\(emitter):\(number)", as: Int.self) }
                }
            }
            try await group.waitForAll()
        }
        await setup.manager.shutdown()
        let (received, dropped) = await listener.value
        #expect(received + dropped == emitters * each)
        if limit == 1_000_000 { #expect(dropped == 0) }
    }

    @Test func `a reader that waits gets the notice of dropped events before the next event`() async throws {
        let setup = MemorySetup()
        let events = setup.manager.events(limit: 2)
        for number in 0..<5 { _ = try await setup.manager.get("k:\(number)", as: Int.self) }
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next()?.key == "k:0")
        #expect(await iterator.next()?.key == "k:1")
        // The reader waits before the next event.
        let reader = startImmediately {
            var kinds: [String] = []
            for await event in events {
                kinds.append(event.key ?? "\(event.kind)")
                if kinds.count == 2 { break }
            }
            return kinds
        }
        _ = try await setup.manager.get("after", as: Int.self)
        #expect(try await reader.value == ["dropped(3)", "after"])
    }

    @Test func `events that were dropped last are counted at the end`() async throws {
        let setup = MemorySetup()
        let events = setup.manager.events(limit: 3)
        for number in 0..<10 { _ = try await setup.manager.get("k:\(number)", as: Int.self) }
        await setup.manager.shutdown()
        var seen: [String] = []
        for await event in events { seen.append(event.key ?? "\(event.kind)") }
        #expect(seen == ["k:0", "k:1", "k:2", "dropped(7)"])
    }

    @Test func anIteratorStaysAtItsEnd() async throws {
        let setup = MemorySetup()
        let events = setup.manager.events()
        _ = try await setup.manager.get("k", as: Int.self)
        await setup.manager.shutdown()
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next()?.key == "k")
        for _ in 0..<3 { #expect(await iterator.next() == nil) }
        _ = try await setup.manager.get("later", as: Int.self)
        #expect(await iterator.next() == nil)
        var other = events.makeAsyncIterator()
        #expect(await other.next() == nil)
    }

    @Test func `two iterators of a sequence share its events and two sequences have all events each`() async throws {
        let setup = MemorySetup()
        let (shared, own) = (setup.manager.events(), setup.manager.events())
        for number in 0..<100 { _ = try await setup.manager.get("k:\(number)", as: Int.self) }
        await setup.manager.shutdown()
        async let left = Self.keys(shared)
        async let right = Self.keys(shared)
        let (one, other) = await (left, right)
        #expect((one + other).sorted() == (0..<100).map { "k:\($0)" }.sorted())
        #expect(await Self.keys(own) == (0..<100).map { "k:\($0)" })
    }

    @Test func `a cancelled reader loses no event for the next reader`() async throws {
        let setup = MemorySetup()
        let events = setup.manager.events()
        let first = startImmediately {
            var iterator = events.makeAsyncIterator()
            return await iterator.next()?.key
        }
        first.cancel()
        #expect(try await first.value == nil)
        _ = try await setup.manager.get("k", as: Int.self)
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next()?.key == "k")
    }

    @Test func `the events of a load on a far backend come in their order`() async throws {
        let manager = CacheManager(backend: RecordingBackend(storage: .bytes), timeout: .seconds(30))
        let events = manager.events()
        let function = cached(ttl: 60, key: "k", manager: manager) { () async in 1 }
        _ = try await function()
        _ = try await function()
        await manager.shutdown()
        var names: [String] = []
        for await event in events { names.append(String("\(event.kind)".prefix { $0 != "(" })) }
        // The load is reported after its caller has the value.
        #expect(names.filter { $0 != "loaded" } == ["miss", "stored", "hit"])
        #expect(names.filter { $0 == "loaded" }.count == 1)
    }

    private static func keys(_ events: CacheEvents) async -> [String] {
        var keys: [String] = []
        for await event in events { keys.append(event.key ?? "\(event.kind)") }
        return keys
    }
}
