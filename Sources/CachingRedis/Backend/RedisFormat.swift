// SPDX-License-Identifier: Apache-2.0

/// A way to write entries.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum RedisFormat: String, Sendable, Hashable, CaseIterable {
    /// The envelope of this library around JSON: everything that a cache can do.
    case envelope

    /// The envelope around CBOR, which is smaller and quicker.
    case cbor

    /// The value as bare JSON, for programs in other languages that read and write the same keys.
    ///
    /// There is no room for tags and stale values then, and clearing the cache looks at all of its keys.
    case json
}
