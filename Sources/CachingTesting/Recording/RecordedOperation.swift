// SPDX-License-Identifier: Apache-2.0

public import Caching

/// An operation that a ``RecordingBackend`` has recorded.
public struct RecordedOperation: Sendable, Hashable {
    /// A kind of operation.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Kind: Sendable, Hashable {
        /// A read.
        case get
        /// A write, with its lifetime.
        case set(ttl: TTL)
        /// A removal by key.
        case delete
        /// A removal by pattern.
        case invalidate
        /// A removal by tag.
        case invalidateTag
        /// A check whether a key is there.
        case has
        /// A removal of all entries.
        case clear
    }

    /// The outcome of an operation.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Outcome: Sendable, Hashable {
        /// A read, removal or check that found the key.
        case hit
        /// A read, removal or check that did not find the key.
        case miss
        /// A write or clear that was done.
        case done
        /// A removal by pattern or tag, with the number of entries that were removed.
        case removed(Int)
        /// The operation failed, as scripted or because a value could not be encoded.
        case failed
    }

    /// The kind of the operation.
    public let kind: Kind

    /// The key, pattern or tag; empty for ``Kind/clear``.
    public let key: String

    /// The tags of a write.
    public let tags: [String]

    /// The outcome.
    public let outcome: Outcome

    /// Creates an operation, to compare with.
    ///
    /// - Parameters:
    ///   - kind: The kind.
    ///   - key: The key, pattern or tag.
    ///   - tags: The tags of a write.
    ///   - outcome: The outcome.
    public init(_ kind: Kind, key: String, tags: [String] = [], outcome: Outcome) {
        self.kind = kind
        self.key = key
        self.tags = tags
        self.outcome = outcome
    }

    /// A read.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - outcome: The outcome.
    /// - Returns: The operation.
    public static func get(_ key: String, _ outcome: Outcome) -> RecordedOperation {
        RecordedOperation(.get, key: key, outcome: outcome)
    }

    /// A write.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - ttl: The lifetime.
    ///   - tags: The tags.
    ///   - outcome: The outcome.
    /// - Returns: The operation.
    public static func set(
        _ key: String,
        ttl: TTL,
        tags: [String] = [],
        _ outcome: Outcome = .done
    ) -> RecordedOperation {
        RecordedOperation(.set(ttl: ttl), key: key, tags: tags, outcome: outcome)
    }

    /// A removal by key.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - outcome: The outcome.
    /// - Returns: The operation.
    public static func delete(_ key: String, _ outcome: Outcome) -> RecordedOperation {
        RecordedOperation(.delete, key: key, outcome: outcome)
    }

    /// A removal by pattern.
    ///
    /// - Parameters:
    ///   - pattern: The pattern.
    ///   - outcome: The outcome.
    /// - Returns: The operation.
    public static func invalidate(_ pattern: String, _ outcome: Outcome) -> RecordedOperation {
        RecordedOperation(.invalidate, key: pattern, outcome: outcome)
    }

    /// A removal by tag.
    ///
    /// - Parameters:
    ///   - tag: The tag.
    ///   - outcome: The outcome.
    /// - Returns: The operation.
    public static func invalidate(tag: String, _ outcome: Outcome) -> RecordedOperation {
        RecordedOperation(.invalidateTag, key: tag, outcome: outcome)
    }

    /// A check whether a key is there.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - outcome: The outcome.
    /// - Returns: The operation.
    public static func has(_ key: String, _ outcome: Outcome) -> RecordedOperation {
        RecordedOperation(.has, key: key, outcome: outcome)
    }

    /// A removal of all entries.
    public static let clear = RecordedOperation(.clear, key: "", outcome: .done)
}

extension RecordedOperation: CustomStringConvertible {
    /// The operation as it is written in a test.
    public var description: String {
        switch kind {
        case .get: ".get(\"\(key)\", .\(outcome))"
        case .set(let ttl):
            ".set(\"\(key)\", ttl: \(ttl)" + (tags.isEmpty ? "" : ", tags: \(tags)")
                + (outcome == .done ? ")" : ", .\(outcome))")
        case .delete: ".delete(\"\(key)\", .\(outcome))"
        case .invalidate: ".invalidate(\"\(key)\", .\(outcome))"
        case .invalidateTag: ".invalidate(tag: \"\(key)\", .\(outcome))"
        case .has: ".has(\"\(key)\", .\(outcome))"
        case .clear: outcome == .done ? ".clear" : ".clear (.\(outcome))"
        }
    }
}

extension RecordedOperation {
    /// Returns whether two operations are equal; keys, patterns and tags are compared by their bytes.
    ///
    /// - Parameters:
    ///   - left: An operation.
    ///   - right: Another operation.
    /// - Returns: Whether they are equal.
    public static func == (left: RecordedOperation, right: RecordedOperation) -> Bool {
        left.kind == right.kind && left.outcome == right.outcome && left.key.utf8.elementsEqual(right.key.utf8)
            && left.tags.elementsEqual(right.tags) { $0.utf8.elementsEqual($1.utf8) }
    }

    /// Hashes the parts that are compared.
    ///
    /// - Parameter hasher: The hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(outcome)
        hasher.combine(Array(key.utf8))
    }
}
