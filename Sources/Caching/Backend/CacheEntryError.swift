// SPDX-License-Identifier: Apache-2.0

/// The reason why bytes are not a usable entry, which the pipeline treats as a miss.
public struct CacheEntryError: Error, Sendable, CustomStringConvertible {
    /// A kind of error; further ones may be added.
    public struct Kind: Sendable, Hashable, CustomStringConvertible {
        /// The name of the kind.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// Bytes that are cut or changed, or that never were an entry.
        public static let damaged = Kind("damaged")

        /// An entry in a newer format, or with a flag that this version does not know.
        public static let unknownFormat = Kind("unknown format")

        /// An entry whose value has another type, or was written by another codec, than expected.
        public static let otherType = Kind("other type")

        /// An entry that belongs to another key.
        public static let otherKey = Kind("other key")

        /// An entry that cannot be written: too many tags, or times out of range.
        public static let unencodable = Kind("unencodable")
    }

    /// The kind of error.
    public let kind: Kind

    /// A description of the problem with the entry.
    public let description: String

    package init(_ description: String, kind: Kind = .damaged) {
        self.kind = kind
        self.description = description
    }
}
