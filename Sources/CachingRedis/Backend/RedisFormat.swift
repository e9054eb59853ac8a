// SPDX-License-Identifier: Apache-2.0

/// A format of entries on the server.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum RedisFormat: String, Sendable, Hashable, CaseIterable {
    /// The envelope of this library with values in JSON, which supports all features of a cache.
    case envelope

    /// The envelope with values in CBOR, which is smaller and faster than JSON.
    case cbor

    /// The value as plain JSON, for programs in other languages that read and write the same keys.
    ///
    /// It supports neither tags nor stale values, and clearing the cache scans all of its keys.
    case json
}
