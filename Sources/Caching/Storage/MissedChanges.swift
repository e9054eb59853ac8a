// SPDX-License-Identifier: Apache-2.0

/// Explicit changes that a backend did not confirm: they are made up for before the next read.
///
/// It is pure. Removing something once too often costs a load; serving what was to be removed is what caches are
/// feared for.
package struct MissedChanges: Sendable {
    /// A change to make up for.
    package enum Change: Sendable {
        case key(String)
        case pattern(KeyPattern)
        case tag(String)
        case everything
    }

    /// The number of changes that are remembered one by one; more of them become ``Change/everything``.
    package static let capacity = 1_024

    private var changes: Set<Change> = []
    private var isEverything = false

    /// Those that somebody makes up for at present; nil when nobody does.
    private var taken: Set<Change>?

    package init() {}

    /// Whether there is nothing to make up for.
    package var isEmpty: Bool { changes.isEmpty && !isEverything }

    /// Whether reads have to wait: there are changes, or somebody is making up for them.
    package var holdsReads: Bool { !isEmpty || taken != nil }

    /// Notes that a change was not confirmed.
    package mutating func insert(_ change: Change) {
        guard !isEverything else { return }
        if change == .everything { isEverything = true } else { changes.insert(change) }
        if changes.count > Self.capacity { isEverything = true }
        if isEverything { changes = [] }
    }

    /// Notes that a key was changed after all.
    package mutating func remove(key: String) {
        changes.remove(.key(key))
        taken?.remove(.key(key))
    }

    /// Takes the changes to make up for; nil while somebody else has them.
    package mutating func take() -> [Change]? {
        guard taken == nil else { return nil }
        let all = isEverything ? [.everything] : changes
        taken = all
        changes = []
        isEverything = false
        return Array(all)
    }

    /// Whether a change that was taken still has to be made up for: a later one of the same key may have done it.
    package func isStillMissed(_ change: Change) -> Bool { taken?.contains(change) ?? false }

    /// Notes that those that were taken were made up for, except some.
    package mutating func finish(failed: [Change]) {
        let left = failed.filter(isStillMissed)
        taken = nil
        for change in left { insert(change) }
    }
}

/// Compared by bytes: Swift calls texts equal that are different keys.
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
