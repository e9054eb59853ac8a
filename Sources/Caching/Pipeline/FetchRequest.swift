// SPDX-License-Identifier: Apache-2.0

/// One call of a cached function: what it is about, how it is to be kept, and how to load it.
///
/// It does not name the type of the value, so that the road of a miss is not generic: handling types that are known only
/// when the program runs would be a good part of what a miss costs.
@usableFromInline
struct FetchRequest: Sendable {
    /// Loads a value, as ``EntryOptions/box(_:)`` makes it.
    @usableFromInline
    typealias Load = nonisolated(nonsending) @Sendable () async throws -> StoredValue

    /// Without the cache's prefix.
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
