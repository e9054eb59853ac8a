// SPDX-License-Identifier: Apache-2.0

/// Explicit changes that a backend did not confirm: they are made up for before the next read.
///
/// It is pure. Removing something once too often costs a load; serving what was to be removed is what caches are
/// feared for.
package struct MissedChanges: Sendable {
    /// A change to make up for.
    package enum Change: Sendable, Hashable {
        case key(String)
        case pattern(KeyPattern)
        case tag(String)
        case everything
    }

    /// The number of changes that are remembered one by one; more of them become ``Change/everything``.
    package static let capacity = 1_024

    private var changes: Set<ByteKey> = []
    private var others: Set<Change> = []
    private var isEverything = false
    private var isBeingMadeUp = false

    package init() {}

    /// Whether there is nothing to make up for.
    package var isEmpty: Bool { changes.isEmpty && others.isEmpty && !isEverything }

    /// Notes that a change was not confirmed.
    package mutating func insert(_ change: Change) {
        guard !isEverything else { return }
        switch change {
        case .key(let key): changes.insert(ByteKey(key))
        case .pattern, .tag: others.insert(change)
        case .everything: isEverything = true
        }
        if changes.count + others.count > Self.capacity { isEverything = true }
        guard isEverything else { return }
        changes = []
        others = []
    }

    /// Notes that a key was changed after all.
    package mutating func remove(key: String) { changes.remove(ByteKey(key)) }

    /// Takes the changes to make up for; nil while somebody else has them.
    package mutating func take() -> [Change]? {
        guard !isBeingMadeUp else { return nil }
        isBeingMadeUp = true
        defer {
            changes = []
            others = []
            isEverything = false
        }
        return isEverything ? [.everything] : changes.map { .key($0.key) } + others
    }

    /// Notes that those that were taken were made up for, except some.
    package mutating func finish(failed: [Change]) {
        isBeingMadeUp = false
        for change in failed { insert(change) }
    }

    /// Whether reads have to wait: there are changes, or somebody is making up for them.
    package var holdsReads: Bool { !isEmpty || isBeingMadeUp }
}

/// A key, compared by its bytes.
private struct ByteKey: Hashable {
    let key: String

    init(_ key: String) { self.key = key }

    static func == (left: ByteKey, right: ByteKey) -> Bool { left.key.utf8.elementsEqual(right.key.utf8) }

    func hash(into hasher: inout Hasher) {
        for byte in key.utf8 { hasher.combine(byte) }
    }
}
