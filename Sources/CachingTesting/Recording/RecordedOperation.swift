// SPDX-License-Identifier: Apache-2.0

public import Caching

/// One operation that a ``RecordingBackend`` was asked for.
public struct RecordedOperation: Sendable, Hashable {
    /// What was asked for.
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
        /// A question whether a key is there.
        case has
        /// A removal of everything.
        case clear
    }

    /// How an operation ended.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Outcome: Sendable, Hashable {
        /// A read, removal or question that found the key.
        case hit
        /// A read, removal or question that did not find the key.
        case miss
        /// A write or clear that was done.
        case done
        /// A removal by pattern or tag: how many entries it removed.
        case removed(Int)
        /// The operation failed, as scripted or because a value could not be encoded.
        case failed
    }

    /// What was asked for.
    public let kind: Kind

    /// The key, pattern or tag; empty for ``Kind/clear``.
    public let key: String

    /// The tags of a write.
    public let tags: [String]

    /// How it ended.
    public let outcome: Outcome

    /// Creates an operation, to compare with.
    ///
    /// - Parameters:
    ///   - kind: What was asked for.
    ///   - key: The key, pattern or tag.
    ///   - tags: The tags of a write.
    ///   - outcome: How it ended.
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
    ///   - outcome: How it ended.
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
    ///   - outcome: How it ended.
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
    ///   - outcome: How it ended.
    /// - Returns: The operation.
    public static func delete(_ key: String, _ outcome: Outcome) -> RecordedOperation {
        RecordedOperation(.delete, key: key, outcome: outcome)
    }

    /// A removal by pattern.
    ///
    /// - Parameters:
    ///   - pattern: The pattern.
    ///   - outcome: How it ended.
    /// - Returns: The operation.
    public static func invalidate(_ pattern: String, _ outcome: Outcome) -> RecordedOperation {
        RecordedOperation(.invalidate, key: pattern, outcome: outcome)
    }

    /// A removal by tag.
    ///
    /// - Parameters:
    ///   - tag: The tag.
    ///   - outcome: How it ended.
    /// - Returns: The operation.
    public static func invalidate(tag: String, _ outcome: Outcome) -> RecordedOperation {
        RecordedOperation(.invalidateTag, key: tag, outcome: outcome)
    }

    /// A question whether a key is there.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - outcome: How it ended.
    /// - Returns: The operation.
    public static func has(_ key: String, _ outcome: Outcome) -> RecordedOperation {
        RecordedOperation(.has, key: key, outcome: outcome)
    }

    /// A removal of everything.
    public static let clear = RecordedOperation(.clear, key: "", outcome: .done)
}

extension RecordedOperation: CustomStringConvertible {
    /// The operation as one would write it in a test.
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
