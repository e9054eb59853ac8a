// SPDX-License-Identifier: Apache-2.0

/// What becomes of a loaded value: the function's settings, the load's own decisions and the cache's defaults, in one.
enum StoreDecision: Equatable {
    /// Keep it: `ttl` is the whole lifetime, stale part included, nil for ever.
    case store(ttl: Duration?, staleWindow: Duration, tags: [String])
    /// Return it and leave the cache as it is.
    case skip
    /// Return it and remove what is there: its lifetime is zero or less.
    case remove

    /// Decides about a value.
    ///
    /// Nearest wins: what the load said, then the function, then the cache.
    static func decide<Value: Sendable>(
        _ value: Value,
        settings: FunctionSettings<Value>,
        tags: [String],
        load: LoadContext.Decisions,
        defaults: CacheDefaults
    ) -> StoreDecision {
        if load.isSkipped || settings.skip?(value) == true { return .skip }
        var ttl = settings.ttl
        if (value as? any OptionalValue)?.isNil == true {
            switch settings.policy.nilPolicy {
            case .cache: break
            case .cacheFor(let other): ttl = other
            case .skip: return .skip
            }
        }
        return lifetime(load.ttl ?? ttl, policy: settings.policy, tags: tags + load.tags, defaults: defaults)
    }

    /// Decides about a lifetime alone.
    static func lifetime(_ ttl: TTL, policy: CachePolicy, tags: [String], defaults: CacheDefaults) -> StoreDecision {
        guard let lifetime = ttl.resolved(default: defaults.ttl).lifetime else {
            return .store(ttl: nil, staleWindow: .zero, tags: tags)
        }
        guard lifetime > .zero else { return .remove }
        let spread = Jitter.spread(lifetime, by: policy.jitter ?? defaults.jitter, draw: defaults.random)
        // Years and a stale window beyond what the clock can count end at its end.
        let window = policy.staleWindow
        let whole = min(spread, .nanoseconds(Int64.max / 4)) + min(window, .nanoseconds(Int64.max / 4))
        return .store(ttl: whole, staleWindow: window, tags: tags)
    }
}
