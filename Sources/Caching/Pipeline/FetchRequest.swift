// SPDX-License-Identifier: Apache-2.0

/// One call of a cached function: its key, the rules for its entry, and its load.
///
/// It does not name the type of the value, so that a miss runs no generic code. Handling types that are known only at run
/// time would be a large part of the cost of a miss.
@usableFromInline
struct FetchRequest: Sendable {
    /// Loads a value, boxed by ``EntryOptions/box(_:)``.
    @usableFromInline
    typealias Load = nonisolated(nonsending) @Sendable () async throws -> StoredValue

    /// The key, without the cache's prefix.
    let key: String
    let rules: EntryRules
    let tags: [String]
    let load: Load

    /// The claim whose caller performs the load; nil when the flight performs it.
    let claim: ClaimedLoad?

    @usableFromInline
    init(key: String, rules: EntryRules, tags: [String], load: @escaping Load) {
        self.init(key: key, rules: rules, tags: tags, claim: nil, load: load)
    }

    init(key: String, rules: EntryRules, tags: [String], claim: ClaimedLoad?, load: @escaping Load) {
        self.key = key
        self.rules = rules
        self.tags = tags
        self.claim = claim
        self.load = load
    }
}
