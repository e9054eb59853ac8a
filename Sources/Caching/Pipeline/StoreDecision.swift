// SPDX-License-Identifier: Apache-2.0

/// The decision about a value, made from the options of the function, the load and the defaults of the cache.
enum StoreDecision: Equatable {
    /// The value is stored.
    case store(Lifetime, tags: [String])
    /// The value is returned and not stored.
    case skip
    /// The value is returned and the entry is removed, because its lifetime is zero or less.
    case remove

    /// The longest lifetime and the longest stale window, so that their sum stays within the range of the clock.
    private static let longest = Duration.nanoseconds(Int64.max / 4)

    /// Decides about a loaded value.
    ///
    /// The lifetime of the load comes first, then that of the function, then that of the cache.
    static func decide(
        _ value: StoredValue,
        rules: EntryRules,
        tags: [String],
        load: LoadContext.Decisions,
        defaults: CacheDefaults
    ) -> StoreDecision {
        if load.isSkipped || rules.skips(value) { return .skip }
        guard let ttl = ttl(of: value, rules) else { return .skip }
        let allTags = load.tags.isEmpty ? tags : tags + load.tags
        return lifetime(load.ttl ?? ttl, policy: rules.policy, tags: allTags, defaults: defaults)
    }

    /// Decides about a value that is set explicitly, to which the policy for nil applies too.
    static func decideExplicit(
        _ value: StoredValue,
        rules: EntryRules,
        tags: [String],
        defaults: CacheDefaults
    ) -> StoreDecision {
        guard let ttl = ttl(of: value, rules) else { return .remove }
        return lifetime(ttl, policy: rules.policy, tags: tags, defaults: defaults)
    }

    /// Returns the lifetime of a value by its function; nil when it is not stored.
    private static func ttl(of value: StoredValue, _ rules: EntryRules) -> TTL? {
        guard rules.policy.nilPolicy != .cache, rules.isNil(value) else { return rules.ttl }
        switch rules.policy.nilPolicy {
        case .cache: return rules.ttl
        case .cacheFor(let other): return other
        case .skip: return nil
        }
    }

    private static func lifetime(_ ttl: TTL, policy: CachePolicy, tags: [String], defaults: CacheDefaults) -> Self {
        guard let lifetime = ttl.resolved(default: defaults.ttl).lifetime else {
            return .store(Lifetime(whole: nil, stale: .zero), tags: tags)
        }
        guard lifetime > .zero else { return .remove }
        let spread = Jitter.spread(lifetime, by: policy.jitter ?? defaults.jitter, draw: defaults.random)
        let stale = min(policy.staleWindow, longest)
        return .store(Lifetime(whole: min(spread, longest) + stale, stale: stale), tags: tags)
    }
}
