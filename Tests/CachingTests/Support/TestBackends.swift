// SPDX-License-Identifier: Apache-2.0

import Caching
import Synchronization

/// A backend that passes its six functions on to another one.
protocol ForwardingBackend: CacheBackend {
    associatedtype Base: CacheBackend
    var base: Base { get }
}

extension ForwardingBackend {
    func get(_ key: String) async throws -> CacheEntry? { try await base.get(key) }
    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws {
        try await base.set(key, entry, ttl: ttl)
    }
    func delete(_ key: String) async throws -> Bool { try await base.delete(key) }
    func invalidate(_ pattern: KeyPattern) async throws -> Int { try await base.invalidate(pattern) }
    func has(_ key: String) async throws -> Bool { try await base.has(key) }
    func clear() async throws { try await base.clear() }
}

/// A backend of six functions in front of another one, which hides its further abilities.
struct PlainBackend<Base: CacheBackend>: ForwardingBackend {
    let base: Base

    init(_ base: Base) { self.base = base }
}

/// A backend whose operations do not return before ``end()``.
final class SilentBackend: CacheBackend {
    private struct State {
        var waiting: [Int: UnsafeContinuation<Void, Never>] = [:]
        var lastID = 0
        var isOver = false
        var greatest = 0
    }

    private let state = Mutex(State())
    private let heedsCancellation: Bool

    init(heedsCancellation: Bool) { self.heedsCancellation = heedsCancellation }

    /// The largest number of operations that ran at a time.
    var greatestCount: Int { state.withLock(\.greatest) }

    /// Ends all current and later operations.
    func end() {
        let waiting = state.withLock { state in
            state.isOver = true
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume() }
    }

    func get(_ key: String) async throws -> CacheEntry? {
        try await wait()
        return nil
    }
    func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws { try await wait() }
    func delete(_ key: String) async throws -> Bool {
        try await wait()
        return false
    }
    func invalidate(_ pattern: KeyPattern) async throws -> Int {
        try await wait()
        return 0
    }
    func has(_ key: String) async throws -> Bool {
        try await wait()
        return false
    }
    func clear() async throws { try await wait() }

    private func wait() async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isOver || (heedsCancellation && Task.isCancelled) { return true }
                    state.waiting[id] = continuation
                    state.greatest = max(state.greatest, state.waiting.count)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            guard heedsCancellation else { return }
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
        if heedsCancellation { try Task.checkCancellation() }
    }
}
