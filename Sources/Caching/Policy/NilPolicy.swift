// SPDX-License-Identifier: Apache-2.0

/// The treatment of a result that is nil ("negative caching").
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum NilPolicy: Sendable, Hashable {
    /// Nil is cached like any other value, so that a missing row is not looked up each time: the default.
    case cache

    /// Nil is cached with another lifetime, usually a shorter one.
    case cacheFor(TTL)

    /// Nil is returned and not cached.
    case skip
}
