// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Explicit changes of the far backend: a change that is not confirmed is remembered, and replayed before the next read.
extension CacheStorage {
    /// Whether the far backend writes stamps into entries.
    var hasStamps: Bool { far?.capabilities.stamps != nil }

    /// Makes a change, and remembers it if it is not confirmed.
    nonisolated(nonsending) func change<Output>(
        _ change: MissedChanges.Change,
        _ body: nonisolated(nonsending) (FarBackend) async throws -> Output
    ) async throws -> Output {
        guard let far else { throw CacheError.backendUnavailable(operation: "change") }
        if change == .everything { return try await changeEverything { try await body(far) } }
        do {
            // In their order, because a later replay would remove what was stored since.
            if hasMissed.load(ordering: .acquiring) { _ = try await replayMissedChanges(waitsForAll: true) }
            let output = try await body(far)
            if hasMissed.load(ordering: .acquiring) { forget(change) }
            return output
        } catch {
            if Self.isUnconfirmed(error) { remember([change]) }
            throw error
        }
    }

    /// Removes all entries, which replaces all changes that were missed before.
    private nonisolated(nonsending) func changeEverything<Output>(
        _ body: nonisolated(nonsending) () async throws -> Output
    ) async throws -> Output {
        // Only changes that were missed before: a change that is missed from now on may concern a later entry.
        let before = hasMissed.load(ordering: .acquiring) ? missed.withLock { $0.take() } : nil
        do {
            let output = try await body()
            if before != nil { settle(failed: []) }
            return output
        } catch {
            if let before { settle(failed: before) }
            if Self.isUnconfirmed(error) { remember([.everything]) }
            throw error
        }
    }

    /// Replays the changes that were missed.
    ///
    /// A reader waits about as long as for a read: a longer replay continues in the background, or is left to the next
    /// reader.
    ///
    /// - Parameter waitsForAll: Whether the caller waits until all changes are replayed.
    /// - Returns: Whether the backend may be read; false while there are changes to replay.
    /// - Throws: The error of the backend.
    nonisolated(nonsending) func replayMissedChanges(waitsForAll: Bool = false) async throws -> Bool {
        guard hasMissed.load(ordering: .acquiring), let far else { return true }
        guard let changes = missed.withLock({ $0.take() }) else { return false }
        guard waitsForAll || !changes.contains(where: isLong) else {
            Task {
                do {
                    try await replay(changes, far, until: nil)
                } catch {
                    far.reportFailure("replay missed changes", key: nil, error)
                }
            }
            return false
        }
        try await replay(changes, far, until: waitsForAll ? nil : clock.now.advanced(by: far.timeout))
        return !hasMissed.load(ordering: .acquiring)
    }

    /// Returns whether a change is a search through all keys.
    private func isLong(_ change: MissedChanges.Change) -> Bool {
        switch change {
        case .pattern: true
        case .everything: !isExclusive && !farPrefix.isEmpty
        case .key, .tag: false
        }
    }

    /// Replays changes that were taken, and returns those for which there is no time.
    private nonisolated(nonsending) func replay(
        _ changes: [MissedChanges.Change],
        _ far: FarBackend,
        until deadline: CacheInstant?
    ) async throws {
        for (index, change) in changes.enumerated() {
            if let deadline, index > 0, clock.now >= deadline || Task.isCancelled {
                return settle(failed: Array(changes[index...]))
            }
            guard missed.withLock({ $0.isStillMissed(change) }) else { continue }
            do {
                do {
                    try await replay(change, far)
                } catch  where BackendFailureKind(of: error) == .rejected && change != .everything {
                    // A change that is refused may be refused each time, as without a permission, and the backend could
                    // not be read until then.
                    try await replay(.everything, far)
                    return settle(failed: [])
                }
            } catch {
                settle(failed: Array(changes[index...]))
                throw error
            }
        }
        settle(failed: [])
    }

    /// Takes a change of the connection of the far backend; over a new connection, missed changes are replayed at once.
    func connectionChanged(_ connection: BackendConnection) {
        far?.connectionChanged(connection)
        guard case .connected = connection, hasMissed.load(ordering: .acquiring) else { return }
        // A change that fails here is replayed before the next read.
        Task { _ = try? await replayMissedChanges(waitsForAll: true) }
    }

    private nonisolated(nonsending) func replay(_ change: MissedChanges.Change, _ far: FarBackend) async throws {
        switch change {
        case .key(let key): _ = try await far.remove(key, isShielded: true)
        case .pattern(let pattern): _ = try await far.removeAll(matching: pattern)
        case .tag(let tag):
            let stamp = clock.wallTimeMicroseconds
            try await far.removeAll(tagged: tag, prefix: farPrefix, stamp: stamp)
        case .everything:
            try await clear(far)
        }
    }

    private func remember(_ changes: [MissedChanges.Change]) {
        missed.withLock { missed in
            for change in changes { missed.insert(change) }
            hasMissed.store(missed.holdsReads, ordering: .releasing)
        }
    }

    private func settle(failed: [MissedChanges.Change]) {
        missed.withLock { missed in
            missed.finish(failed: failed)
            hasMissed.store(missed.holdsReads, ordering: .releasing)
        }
    }

    private func forget(_ change: MissedChanges.Change) {
        missed.withLock { missed in
            if case .key(let key) = change { missed.remove(key: key) }
            hasMissed.store(missed.holdsReads, ordering: .releasing)
        }
    }

    /// Returns whether the entry that was to be changed may still be stored.
    private static func isUnconfirmed(_ error: any Error) -> Bool {
        switch error {
        // The value itself cannot be stored, so the backend has missed no change.
        case is NotEncodable: false
        case let error as CacheError: !error.isAboutTheEntry
        default: true
        }
    }
}
