// SPDX-License-Identifier: Apache-2.0

public import Caching
import Synchronization

/// A backend for tests, which records every operation in order, and fails, delays or hangs as scripted.
///
/// ```swift
/// let backend = RecordingBackend()
/// try await withCacheManager(CacheManager(backend: backend)) {
///     let service = UserService(database: database)
///     _ = try await service.user(42)
///     _ = try await service.user(42)
///     #expect(
///         backend.operations == [
///             .get("users:42", .miss), .set("users:42", ttl: .seconds(600)), .get("users:42", .hit),
///         ]
///     )
/// }
/// ```
///
/// The backend evicts nothing, and treats expired entries as absent.
public final class RecordingBackend: TagInvalidatingBackend {
    /// The form in which values are kept.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Storage: Sendable {
        /// Live values, as a memory backend does.
        case values
        /// Bytes, as on a server, which reveals values that do not survive their codec.
        case bytes
    }

    private struct Stored {
        let entry: CacheEntry
        let bytes: [UInt8]?
        let expiresAt: CacheInstant
    }

    /// The entries, and those that were removed under the lock and are released after it, because the `deinit` of a value
    /// is code of a user.
    private struct Entries {
        private(set) var all: [KeyBytes: Stored] = [:]
        private var removed: [Stored] = []

        subscript(key: KeyBytes) -> Stored? { all[key] }

        mutating func store(_ stored: Stored, for key: KeyBytes) {
            if let old = all.updateValue(stored, forKey: key) { removed.append(old) }
        }

        mutating func remove(_ key: KeyBytes) -> Stored? {
            guard let old = all.removeValue(forKey: key) else { return nil }
            removed.append(old)
            return old
        }

        mutating func removeAll() {
            removed += all.values
            all = [:]
        }

        mutating func takeRemoved() -> [Stored] {
            defer { removed = [] }
            return removed
        }
    }

    private struct State {
        var entries = Entries()
        var operations: [RecordedOperation] = []
        var observers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    /// The script of failures, delays and hangs.
    public let script: BackendScript

    private let state = Mutex(State())
    private let storage: Storage
    private let clock: any CacheClock

    /// Creates an empty backend.
    ///
    /// - Parameters:
    ///   - storage: The form in which values are kept.
    ///   - clock: The clock for lifetimes and scripted delays.
    public init(storage: Storage = .values, clock: any CacheClock = SystemCacheClock()) {
        self.storage = storage
        self.clock = clock
        script = BackendScript(clock: clock)
    }

    /// The operations since the backend was made or ``resetOperations()`` was called, in the order of completion.
    public var operations: [RecordedOperation] { state.withLock(\.operations) }

    /// The keys of entries that have not expired, sorted.
    public var keys: [String] {
        let now = clock.now
        return state.withLock { $0.entries.all.filter { $0.value.expiresAt > now }.keys.map(\.text).sorted() }
    }

    /// Removes the recorded operations, and keeps the entries.
    public func resetOperations() { state.withLock { $0.operations = [] } }

    /// Removes the entries, and keeps the recorded operations.
    public func resetStorage() {
        let removed = state.withLock { state in
            state.entries.removeAll()
            return state.entries.takeRemoved()
        }
        withExtendedLifetime(removed) {}
    }

    /// Suspends until a number of operations were recorded.
    ///
    /// - Parameter count: The least number of operations.
    public func waitForOperations(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.operations.count >= count { return true }
                state.observers.append((count, continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }

    /// Reads an entry.
    ///
    /// - Parameter key: The key.
    /// - Returns: The entry; nil when there is none or it has expired.
    /// - Throws: The scripted error.
    public func get(_ key: String) async throws -> CacheEntry? {
        try await perform(.get, key) { entries, now in
            guard let stored = entries[KeyBytes(key)], stored.expiresAt > now else { return (nil, .miss) }
            return (try stored.bytes.map { try CacheEntry(encoded: $0, for: key) } ?? stored.entry, .hit)
        }
    }

    /// Stores an entry.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - entry: The entry.
    ///   - ttl: The time for which to keep it; nil keeps it until it is removed.
    /// - Throws: The scripted error, or the error of the codec.
    public func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) async throws {
        let kind = RecordedOperation.Kind.set(ttl: ttl.map(TTL.duration) ?? .forever)
        // The codec is code of a user, so it runs before the lock is taken.
        let bytes = storage == .bytes ? Result { try entry.encoded(for: key) } : nil
        try await perform(kind, key, tags: entry.tags) { entries, now in
            let expiresAt = ttl.map { now.advanced(by: $0) } ?? .distantFuture
            entries.store(Stored(entry: entry, bytes: try bytes?.get(), expiresAt: expiresAt), for: KeyBytes(key))
            return ((), .done)
        }
    }

    /// Removes an entry.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether there was one.
    /// - Throws: The scripted error.
    @discardableResult
    public func delete(_ key: String) async throws -> Bool {
        try await perform(.delete, key) { entries, now in
            let existed = (entries.remove(KeyBytes(key))?.expiresAt).map { $0 > now } ?? false
            return (existed, existed ? .hit : .miss)
        }
    }

    /// Removes all entries whose keys match.
    ///
    /// - Parameter pattern: The pattern.
    /// - Returns: The number of entries that were removed.
    /// - Throws: The scripted error.
    @discardableResult
    public func invalidate(_ pattern: KeyPattern) async throws -> Int {
        try await perform(.invalidate, pattern.text) { entries, now in
            Self.removeAll(from: &entries, now) { key, _ in pattern.matches(key.text) }
        }
    }

    /// Removes all entries with a tag.
    ///
    /// - Parameter tag: The tag.
    /// - Returns: The number of entries that were removed.
    /// - Throws: The scripted error.
    @discardableResult
    public func invalidate(tag: String) async throws -> Int? {
        try await perform(.invalidateTag, tag) { entries, now in
            Self.removeAll(from: &entries, now) { _, stored in
                stored.entry.tags.contains { $0.utf8.elementsEqual(tag.utf8) }
            }
        }
    }

    /// Returns whether a key has an entry that has not expired.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether there is such an entry.
    /// - Throws: The scripted error.
    public func has(_ key: String) async throws -> Bool {
        try await perform(.has, key) { entries, now in
            let isThere = (entries[KeyBytes(key)]?.expiresAt).map { $0 > now } ?? false
            return (isThere, isThere ? .hit : .miss)
        }
    }

    /// Removes all entries.
    ///
    /// - Throws: The scripted error.
    public func clear() async throws {
        try await perform(.clear, "") { entries, _ in
            entries.removeAll()
            return ((), .done)
        }
    }

    private static func removeAll(
        from entries: inout Entries,
        _ now: CacheInstant,
        where isMatch: (KeyBytes, Stored) -> Bool
    ) -> (Int, RecordedOperation.Outcome) {
        let matching = entries.all.filter { isMatch($0.key, $0.value) }
        for key in matching.keys { _ = entries.remove(key) }
        let count = matching.values.filter { $0.expiresAt > now }.count
        return (count, .removed(count))
    }

    /// Follows the script, performs the operation, and records it.
    private func perform<Output: Sendable>(
        _ kind: RecordedOperation.Kind,
        _ key: String,
        tags: [String] = [],
        _ body: @Sendable (inout Entries, CacheInstant) throws -> (Output, RecordedOperation.Outcome)
    ) async throws -> Output {
        let record = { (state: inout State, outcome: RecordedOperation.Outcome) in
            state.operations.append(RecordedOperation(kind, key: key, tags: tags, outcome: outcome))
            let count = state.operations.count
            let reached = state.observers.filter { $0.count <= count }
            state.observers.removeAll { $0.count <= count }
            return reached.map(\.continuation)
        }
        do {
            try await script.follow(kind, key: key)
        } catch {
            for observer in state.withLock({ record(&$0, .failed) }) { observer.resume() }
            throw error
        }
        let now = clock.now
        let (result, observers, removed) = state.withLock {
            state -> (Result<Output, any Error>, [CheckedContinuation<Void, Never>], [Stored]) in
            do {
                let (output, outcome) = try body(&state.entries, now)
                return (.success(output), record(&state, outcome), state.entries.takeRemoved())
            } catch {
                return (.failure(error), record(&state, .failed), [])
            }
        }
        withExtendedLifetime(removed) {}
        for observer in observers { observer.resume() }
        return try result.get()
    }
}
