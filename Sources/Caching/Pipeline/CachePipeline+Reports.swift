// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counters and events.
extension CachePipeline {
    /// Reports a hit in memory, which the store counts itself.
    @usableFromInline
    func reportHit(_ key: String) { events.emit(.hit, key: key) }

    func reportHits(_ count: Int, key: String) {
        counters.hits.add(count)
        emit(.hit, count, key: key)
    }

    func reportStaleHits(_ count: Int, key: String) {
        counters.staleHits.add(count)
        emit(.staleHit, count, key: key)
    }

    func reportMisses(_ count: Int, key: String) {
        counters.misses.add(count)
        emit(.miss, count, key: key)
    }

    /// Reports the outcome of a call that missed.
    ///
    /// A refresh is not a read, so it counts neither as a hit nor as a miss.
    func report(
        _ outcome: SingleFlight.JoinOutcome,
        key: String,
        isRefresh: Bool,
        _ continuation: SingleFlight.Continuation
    ) {
        switch outcome {
        case .joined(let isLoading):
            counters.joined.increment()
            if isLoading, !isRefresh { reportMisses(1, key: key) }
            events.emit(.joined, key: key)
        case .answeredStale:
            reportStaleHits(1, key: key)
        case .refused:
            continuation.resume(returning: nil)
        case .missed, .settled:
            break
        }
    }

    /// Reports that the load in flight has another type than the call.
    func reportTypeMismatch(_ key: String, _ type: Any.Type) {
        let error = CacheEntryError("another type than \(type) was being loaded", kind: .otherType)
        events.emit(.unreadable(error), key: key)
    }

    func reportInvalidation(_ what: CacheEvent.Invalidation, key: String?) {
        counters.invalidations.increment()
        events.emit(.invalidated(what), key: key)
    }

    /// Reports the error that kept a loaded value from being stored.
    func reportFill(_ error: any Error, key: String) {
        switch error {
        case let error as NotEncodable:
            events.emit(.notEncodable(error.underlying), key: key)
        case let error as CacheError where error.isAboutTheEntry:
            counters.bypasses.increment()
            events.emit(.bypassed(error), key: key)
        default:
            storage.far?.reportFailure("set", key: key, error)
        }
    }

    private func emit(_ kind: CacheEvent.Kind, _ count: Int, key: String) {
        guard events.isObserved.load(ordering: .relaxed) else { return }
        for _ in 0..<count { events.emit(kind, key: key) }
    }
}
