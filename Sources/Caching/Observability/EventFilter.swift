// SPDX-License-Identifier: Apache-2.0

/// The kinds of events that a listener wants.
package struct EventFilter: Sendable {
    package typealias Predicate = @Sendable (CacheEvent.Kind) -> Bool

    private let isIncluded: Predicate?

    /// Whether the listener wants hits.
    ///
    /// Decided once: hits have no details to decide by, and are reported only if a listener wants them.
    let includesHits: Bool

    private let includesStaleHits: Bool

    /// Whether the listener wants evictions of any kind, for which keys have to be listed.
    let includesEvictions: Bool

    /// Creates a filter, which asks the predicate for the kinds that are decided once.
    ///
    /// - Parameter isIncluded: Whether the listener wants events of a kind; nil for all.
    init(_ isIncluded: Predicate?) {
        self.isIncluded = isIncluded
        includesHits = isIncluded?(.hit) ?? true
        includesStaleHits = isIncluded?(.staleHit) ?? true
        includesEvictions = isIncluded.map { $0(.evicted(.size)) || $0(.evicted(.expired)) } ?? true
    }

    /// Returns whether the listener wants an event.
    func includes(_ kind: CacheEvent.Kind) -> Bool {
        switch kind {
        case .hit: includesHits
        case .staleHit: includesStaleHits
        default: isIncluded?(kind) ?? true
        }
    }
}
