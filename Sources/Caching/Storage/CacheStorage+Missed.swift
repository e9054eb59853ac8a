// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Explicit changes of the far backend: what it does not confirm is remembered, and made up for before the next read.
extension CacheStorage {
    /// Whether the far backend writes stamps into entries.
    var hasStamps: Bool { far?.abilities.stamps != nil }

    /// Makes a change, and remembers it if it is not confirmed.
    nonisolated(nonsending) func change<Output>(
        _ change: MissedChanges.Change,
        _ body: nonisolated(nonsending) (FarBackend) async throws -> Output
    ) async throws -> Output {
        guard let far else { throw CacheError.backendUnavailable(operation: "change") }
        if change == .everything { return try await changeEverything { try await body(far) } }
        do {
            // In their order: what is made up for later would remove what was stored meanwhile.
            if hasMissed.load(ordering: .acquiring) { _ = try await catchUp(isPatient: true) }
            let output = try await body(far)
            if hasMissed.load(ordering: .acquiring) { forget(change) }
            return output
        } catch {
            if Self.isUnconfirmed(error) { remember([change]) }
            throw error
        }
    }

    /// Removes everything, which makes up for all that was missed before.
    private nonisolated(nonsending) func changeEverything<Output>(
        _ body: nonisolated(nonsending) () async throws -> Output
    ) async throws -> Output {
        // Only what was missed before it began: what is missed meanwhile may be about what was stored afterwards.
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

    /// Makes up for the changes that were missed.
    ///
    /// A reader waits about as long as for a read: what takes longer goes on without it, or is left to the next one.
    ///
    /// - Parameter isPatient: Whether the caller waits for all of it.
    /// - Returns: Whether the backend may be read: not while there is something to make up for.
    /// - Throws: What the backend throws.
    nonisolated(nonsending) func catchUp(isPatient: Bool = false) async throws -> Bool {
        guard hasMissed.load(ordering: .acquiring), let far else { return true }
        guard let changes = missed.withLock({ $0.take() }) else { return false }
        guard isPatient || !changes.contains(where: isLong) else {
            Task {
                do {
                    try await makeUp(for: changes, far, until: nil)
                } catch {
                    far.reportFailure("make up for what was missed", key: nil, error)
                }
            }
            return false
        }
        try await makeUp(for: changes, far, until: isPatient ? nil : clock.now.advanced(by: far.timeout))
        return !hasMissed.load(ordering: .acquiring)
    }

    /// Whether a change is a search through all keys.
    private func isLong(_ change: MissedChanges.Change) -> Bool {
        switch change {
        case .pattern: true
        case .everything: !isExclusive && !farPrefix.isEmpty
        case .key, .tag: false
        }
    }

    /// Makes up for changes that were taken, and gives back those for which there is no time.
    private nonisolated(nonsending) func makeUp(
        for changes: [MissedChanges.Change],
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
                    try await makeUp(for: change, far)
                } catch  where BackendFailureKind(of: error) == .rejected && change != .everything {
                    // What is refused now may be refused for ever, as for want of a permission, and nothing could be
                    // read until then.
                    try await makeUp(for: .everything, far)
                    return settle(failed: [])
                }
            } catch {
                settle(failed: Array(changes[index...]))
                throw error
            }
        }
        settle(failed: [])
    }

    /// Takes a change of the far backend's connection: a new one is used at once to make up for what was missed.
    func connectionChanged(_ connection: BackendConnection) {
        far?.connectionChanged(connection)
        guard case .connected = connection, hasMissed.load(ordering: .acquiring) else { return }
        // What fails here is tried again before the next read.
        Task { _ = try? await catchUp(isPatient: true) }
    }

    private nonisolated(nonsending) func makeUp(for change: MissedChanges.Change, _ far: FarBackend) async throws {
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
