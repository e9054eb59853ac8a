// SPDX-License-Identifier: Apache-2.0

public import Caching

/// Expectations about the recording, which throw when they are not met, so that any test framework can use them.
extension RecordingBackend {
    /// Throws unless exactly these operations were recorded.
    ///
    /// - Parameter expected: The operations, in order.
    /// - Throws: ``RecordingMismatch`` with the recorded operations.
    public func expect(_ expected: [RecordedOperation]) throws {
        let recorded = operations
        guard recorded != expected else { return }
        throw RecordingMismatch(expected: "exactly\n" + RecordingMismatch.list(expected), recorded: recorded)
    }

    /// Throws unless a key was read.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - count: The number of times; nil for at least once.
    /// - Throws: ``RecordingMismatch``.
    public func expectGet(_ key: String, count: Int? = nil) throws {
        try expect("a get of \"\(key)\"", count) { $0.kind == .get && $0.key == key }
    }

    /// Throws unless a key was written.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - ttl: The lifetime; nil for any.
    ///   - count: The number of times; nil for at least once.
    /// - Throws: ``RecordingMismatch``.
    public func expectSet(_ key: String, ttl: TTL? = nil, count: Int? = nil) throws {
        try expect("a set of \"\(key)\"" + (ttl.map { " with ttl \($0)" } ?? ""), count) { operation in
            guard case .set(let recorded) = operation.kind, operation.key == key else { return false }
            return ttl == nil || recorded == ttl
        }
    }

    /// Throws unless a key was removed.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - count: The number of times; nil for at least once.
    /// - Throws: ``RecordingMismatch``.
    public func expectDelete(_ key: String, count: Int? = nil) throws {
        try expect("a delete of \"\(key)\"", count) { $0.kind == .delete && $0.key == key }
    }

    /// Throws unless a pattern was invalidated.
    ///
    /// - Parameters:
    ///   - pattern: The pattern.
    ///   - count: The number of times; nil for at least once.
    /// - Throws: ``RecordingMismatch``.
    public func expectInvalidate(_ pattern: String, count: Int? = nil) throws {
        try expect("an invalidation of \"\(pattern)\"", count) { $0.kind == .invalidate && $0.key == pattern }
    }

    /// Throws unless a tag was invalidated.
    ///
    /// - Parameters:
    ///   - tag: The tag.
    ///   - count: The number of times; nil for at least once.
    /// - Throws: ``RecordingMismatch``.
    public func expectInvalidate(tag: String, count: Int? = nil) throws {
        try expect("an invalidation of the tag \"\(tag)\"", count) { $0.kind == .invalidateTag && $0.key == tag }
    }

    /// Throws if anything was recorded.
    ///
    /// - Throws: ``RecordingMismatch``.
    public func expectNothing() throws { try expect([]) }

    private func expect(_ what: String, _ count: Int?, _ isMatch: (RecordedOperation) -> Bool) throws {
        let recorded = operations
        let found = recorded.count(where: isMatch)
        if let count {
            guard found != count else { return }
            throw RecordingMismatch(
                expected: "\(what), \(count) times; it was there \(found) times",
                recorded: recorded
            )
        }
        if found == 0 { throw RecordingMismatch(expected: what, recorded: recorded) }
    }
}

/// The error for a recording that differs from the expectation of a test.
public struct RecordingMismatch: Error, CustomStringConvertible {
    /// The expectation and the recorded operations.
    public let description: String

    init(expected: String, recorded: [RecordedOperation]) {
        description = "Expected \(expected)\nRecorded:\n" + Self.list(recorded)
    }

    static func list(_ operations: [RecordedOperation]) -> String {
        operations.isEmpty ? "  nothing" : operations.map { "  \($0)" }.joined(separator: "\n")
    }
}
