// SPDX-License-Identifier: Apache-2.0

/// The reason for the eviction of an entry.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum EvictionReason: Sendable, Hashable {
    /// The cache was full.
    case size

    /// The entry's lifetime was over.
    case expired
}
