// SPDX-License-Identifier: Apache-2.0

/// All mistakes in a configuration.
public struct CacheConfigurationError: Error, Sendable, Hashable {
    /// A mistake in a configuration.
    public struct Problem: Sendable, Hashable, CustomStringConvertible {
        /// The name of the cache.
        public let cache: String

        /// The name of the setting; nil when the problem is about the cache as a whole.
        public let key: String?

        /// The source of the problem: a place in the dictionary or in the decoded file, or an environment variable.
        public let source: String

        /// A description of the problem and of the values that are accepted, without secrets.
        public let message: String

        /// The source and the message.
        public var description: String { "\(source): \(message)" }
    }

    /// The problems, in the order of the caches' names.
    public let problems: [Problem]
}

extension CacheConfigurationError: CustomStringConvertible {
    /// All problems, one a line.
    public var description: String {
        "The cache configuration has \(problems.count == 1 ? "a problem" : "\(problems.count) problems"):"
            + problems.map { "\n  - \($0)" }.joined()
    }
}
