// SPDX-License-Identifier: Apache-2.0

/// Why an entry left a cache without being asked to.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum EvictionReason: Sendable, Hashable {
    /// The cache was full.
    case size

    /// The entry's lifetime was over.
    case expired
}
