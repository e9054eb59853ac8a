// SPDX-License-Identifier: Apache-2.0

/// The decision what becomes of a value, from the function's settings, the load and the cache's defaults.
enum StoreDecision: Equatable {
    /// Keep it.
    case store(Lifetime, tags: [String])
    /// Return it and do not keep it.
    case skip
    /// Return it and remove what is there: its lifetime is zero or less.
    case remove

    /// Years and a stale window beyond what the clock can count end at its end.
    private static let longest = Duration.nanoseconds(Int64.max / 4)

    /// Decides about a loaded value.
    ///
    /// Nearest wins: what the load said, then the function, then the cache.
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

    /// Decides about a value that was set explicitly, which the policy for nil is about too.
    static func decideExplicit(
        _ value: StoredValue,
        rules: EntryRules,
        tags: [String],
        defaults: CacheDefaults
    ) -> StoreDecision {
        guard let ttl = ttl(of: value, rules) else { return .remove }
        return lifetime(ttl, policy: rules.policy, tags: tags, defaults: defaults)
    }

    /// Returns the lifetime of a value, by its function; nil when it is not to be kept.
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
