// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Synchronization
import Testing

// Stand-ins for the declarations of swift-service-lifecycle, swift-log and swift-metrics that the guide uses.
protocol Service: Sendable {
    func run() async throws
}

enum Lifecycle {
    @TaskLocal static var signal = Signal()

    final class Signal: Sendable {
        private let state = Mutex<(isGiven: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

        func give() {
            let waiting = state.withLock { state in
                state.isGiven = true
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }

        func wait() async {
            await withCheckedContinuation { continuation in
                let isGiven = state.withLock { state in
                    if !state.isGiven { state.waiting.append(continuation) }
                    return state.isGiven
                }
                if isGiven { continuation.resume() }
            }
        }
    }
}

func cancelWhenGracefulShutdown(_ operation: @escaping @Sendable () async -> Void) async {
    let work = Task { await operation() }
    await Lifecycle.signal.wait()
    work.cancel()
    await work.value
}

final class Logger: Sendable {
    let lines = Mutex<[String]>([])

    func warning(_ line: String) { lines.withLock { $0.append(line) } }
}

let logger = Logger()
let gauges = Mutex<[String: Int]>([:])

func gauge(_ name: String, _ cache: String, _ value: Int) { gauges.withLock { $0["\(name).\(cache)"] = value } }

struct CacheService: Service {
    let manager: CacheManager

    func run() async throws {
        await cancelWhenGracefulShutdown { await manager.run() }
        await manager.shutdown()
    }
}

struct CacheLog: Service {
    let manager: CacheManager

    func run() async throws {
        for await event in manager.events(where: \.isFailure) {
            logger.warning("\(event)")
        }
    }
}

func report(_ manager: CacheManager) throws {
    for name in manager.names {
        let statistics = try manager.named(name).statistics
        gauge("cache_hits", name, statistics.hits)
        gauge("cache_misses", name, statistics.misses)
        gauge("cache_joined", name, statistics.joined)
        gauge("cache_loads", name, statistics.loads)
        gauge("cache_load_failures", name, statistics.loadFailures)
        gauge("cache_evictions", name, statistics.evictions)
        gauge("cache_backend_failures", name, statistics.backendFailures)
    }
}

@Suite("The code in Services.md")
struct ServicesSnippets {
    /// Runs services until the signal, and ends them in reverse order, as a group does.
    private func runUntilSIGTERM(_ services: [any Service]) async throws {
        for service in services.reversed() { try await service.run() }
    }

    /// Compiled, and not called: a process has one configured manager, which other tests configure.
    private func start(_ server: any Service) async throws {
        let manager = try await CacheManager.configure(.environment(variablePrefix: "SHOP_CACHE_"))
        let services: [any Service] = [CacheService(manager: manager), server, CacheLog(manager: manager)]
        try await runUntilSIGTERM(services)
    }

    @Test func `the service ends when the group shuts down, and the log ends with the manager`() async throws {
        let manager = CacheManager()
        let signal = Lifecycle.Signal()
        try await Lifecycle.$signal.withValue(signal) {
            async let cache: Void = CacheService(manager: manager).run()
            async let log: Void = CacheLog(manager: manager).run()
            _ = try await cached(ttl: 60, key: { (_: Int) in "" }, manager: manager) { $0 }(1)
            signal.give()
            _ = try await (cache, log)
        }
        await #expect(throws: CacheError.shutDown) { try await manager.set("k", 1) }
    }

    @Test func `metrics are read from the statistics`() async throws {
        let manager = CacheManager()
        _ = try await manager.getOrSet("k") { 1 }
        _ = try await manager.getOrSet("k") { 1 }
        try report(manager)
        let values = gauges.withLock(\.self)
        #expect(values["cache_hits.default"] == 1)
        #expect(values["cache_misses.default"] == 1)
    }

    @Test func `only failures reach the log`() async throws {
        let manager = CacheManager()
        let events = manager.events(where: \.isFailure)
        _ = try await manager.getOrSet("k") { 1 }
        _ = try await manager.get("k", as: Int.self)
        _ = try await manager.get("k", as: String.self)
        let first = await events.first { _ in true }
        guard case .unreadable? = first?.kind else { throw UnexpectedEvent() }
    }

    private struct UnexpectedEvent: Error {}
}
