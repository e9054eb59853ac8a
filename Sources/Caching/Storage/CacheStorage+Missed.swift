// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Explicit changes of the far backend: what it does not confirm is remembered, and made up for before the next read.
extension CacheStorage {
    /// Whether the far backend writes stamps into entries.
    var hasStamps: Bool { far?.abilities.stamps != nil }

    /// Makes a change, and remembers it if it is not confirmed.
    nonisolated(nonsending)
        func change<Output>(
            _ change: MissedChanges.Change,
            _ body: nonisolated(nonsending) (FarBackend) async throws -> Output
        ) async throws -> Output
    {
        guard let far else { throw CacheError.backendUnavailable(operation: "change") }
        do {
            // In their order: what is made up for later would remove what was stored meanwhile.
            if hasMissed.load(ordering: .acquiring), change != .everything { _ = try await catchUp() }
            let output = try await body(far)
            if hasMissed.load(ordering: .acquiring) { forget(change) }
            return output
        } catch {
            if Self.isUnconfirmed(error) { remember([change]) }
            throw error
        }
    }

    /// Makes up for the changes that were missed.
    ///
    /// - Returns: Whether the backend may be read: not while somebody else makes up for them.
    /// - Throws: What the backend throws.
    nonisolated(nonsending)
        func catchUp() async throws -> Bool
    {
        guard hasMissed.load(ordering: .acquiring), let far else { return true }
        guard let changes = missed.withLock({ $0.take() }) else { return false }
        for (index, change) in changes.enumerated() {
            do {
                try await makeUp(for: change, far)
            } catch {
                settle(failed: Array(changes[index...]))
                throw error
            }
        }
        settle(failed: [])
        return !hasMissed.load(ordering: .acquiring)
    }

    /// Takes a change of the far backend's connection: a new one is used at once to make up for what was missed.
    func connectionChanged(_ connection: BackendConnection) {
        far?.connectionChanged(connection)
        guard case .connected = connection, hasMissed.load(ordering: .acquiring) else { return }
        // What fails here is tried again before the next read.
        Task { _ = try? await catchUp() }
    }

    nonisolated(nonsending)
        private func makeUp(for change: MissedChanges.Change, _ far: FarBackend) async throws
    {
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

    /// Whether what is stored may still be what was to be changed.
    private static func isUnconfirmed(_ error: any Error) -> Bool {
        switch error {
        // It was refused because of what was to be stored, which says nothing about what is there: a set that cannot be
        // done is still the end of the value before it.
        case is NotEncodable: false
        case let error as CacheError: !error.isAboutTheEntry
        default: true
        }
    }
}
