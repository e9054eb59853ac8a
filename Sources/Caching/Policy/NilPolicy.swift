// SPDX-License-Identifier: Apache-2.0

/// What happens to a result that is nil ("negative caching").
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum NilPolicy: Sendable, Hashable {
    /// Nil is a value like any other and is cached: the default, so that a missing row is not asked for a thousand
    /// times.
    case cache

    /// Nil is cached for another, usually shorter, time.
    case cacheFor(TTL)

    /// Nil is returned and not cached.
    case skip
}
