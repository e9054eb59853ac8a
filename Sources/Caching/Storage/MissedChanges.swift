// SPDX-License-Identifier: Apache-2.0

/// The explicit changes that a backend did not confirm, which are replayed before the next read.
///
/// A pure type. To remove an entry twice costs a load, while an entry that should have been removed is a wrong answer.
package struct MissedChanges: Sendable {
    /// A change to replay.
    package enum Change: Sendable {
        case key(String)
        case pattern(KeyPattern)
        case tag(String)
        case everything
    }

    /// The largest number of changes that are remembered; more of them become ``Change/everything``.
    package static let capacity = 1_024

    private var changes: Set<Change> = []
    private var isEverything = false

    /// The changes that are being replayed; nil when there is no replay.
    private var taken: Set<Change>?

    package init() {}

    /// Whether there is no change to replay.
    package var isEmpty: Bool { changes.isEmpty && !isEverything }

    /// Whether the backend must not be read: there are changes to replay, or a replay is running.
    package var holdsReads: Bool { !isEmpty || taken != nil }

    /// Adds a change that was not confirmed.
    package mutating func insert(_ change: Change) {
        guard !isEverything else { return }
        if change == .everything { isEverything = true } else { changes.insert(change) }
        if changes.count > Self.capacity { isEverything = true }
        if isEverything { changes = [] }
    }

    /// Forgets the change of a key that a later change has replaced.
    package mutating func remove(key: String) {
        changes.remove(.key(key))
        taken?.remove(.key(key))
    }

    /// Takes the changes to replay; nil while a replay is running.
    package mutating func take() -> [Change]? {
        guard taken == nil else { return nil }
        let all = isEverything ? [.everything] : changes
        taken = all
        changes = []
        isEverything = false
        return Array(all)
    }

    /// Returns whether a change that was taken still has to be replayed: a later change of its key may have replaced it.
    package func isStillMissed(_ change: Change) -> Bool { taken?.contains(change) ?? false }

    /// Ends the replay, and keeps the changes that failed.
    package mutating func finish(failed: [Change]) {
        let left = failed.filter(isStillMissed)
        taken = nil
        for change in left { insert(change) }
    }
}

/// Compared by bytes, because `String` treats different keys as equal when they are canonically equivalent.
extension MissedChanges.Change: Hashable {
    package static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.key(let left), .key(let right)), (.tag(let left), .tag(let right)):
            left.utf8.elementsEqual(right.utf8)
        case (.pattern(let left), .pattern(let right)):
            left.starsStopAtColons == right.starsStopAtColons && left.text.utf8.elementsEqual(right.text.utf8)
        case (.everything, .everything): true
        case (.key, _), (.tag, _), (.pattern, _), (.everything, _): false
        }
    }

    package func hash(into hasher: inout Hasher) {
        let text =
            switch self {
            case .key(let text), .tag(let text): text
            case .pattern(let pattern): pattern.text
            case .everything: ""
            }
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
