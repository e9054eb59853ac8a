// SPDX-License-Identifier: Apache-2.0

/// An error of a cache.
///
/// ```swift
/// do {
///     try await cache.delete("users:42")
/// } catch CacheError.backendUnavailable(let operation) {
///     print("the backend is not available to \(operation)")
/// }
/// ```
///
/// Mistakes in a configuration are a ``CacheConfigurationError``. The error of a load reaches its callers unchanged.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum CacheError: Error, Sendable {
    /// The cache was used before ``CacheManager/configure(_:drivers:clock:fileID:line:)``.
    case notConfigured

    /// ``CacheManager/configure(_:drivers:clock:fileID:line:)`` was called a second time; `location` is the first call.
    case alreadyConfigured(location: String)

    /// A key cannot be used; `reason` says why and what is accepted.
    case invalidKey(key: String, reason: String)

    /// A tag cannot be used; `reason` says why.
    case invalidTag(tag: String, reason: String)

    /// No cache of that name was configured; `known` are the names of the caches.
    case unknownCache(name: String, known: [String])

    /// A load asked for its own key, directly or through other loads, and would have waited for itself.
    case recursiveLoad(key: String, chain: [String])

    /// A property marked `@Cached` was called before a function was assigned to it.
    case functionNotAssigned(declaredAt: String)

    /// A static key was given to a function with arguments, which would return one result for all of them.
    case staticKeyWithArguments(key: String, declaredAt: String)

    /// The arguments of a function could not be encoded into a key.
    case argumentsNotEncodable(reason: String)

    /// The backend failed at an explicit operation.
    case backendFailed(operation: String, key: String?, underlying: any Error)

    /// The backend did not answer within its deadline.
    case backendTimedOut(operation: String, after: Duration)

    /// The backend was not called, because it failed several times in a row, or because too many abandoned operations
    /// have not returned.
    case backendUnavailable(operation: String)

    /// A load took longer than ``CachePolicy/loadTimeout``.
    case loadTimedOut(key: String, after: Duration)

    /// A value could not be encoded for a backend that stores bytes.
    case valueNotEncodable(key: String, underlying: any Error)

    /// An entry costs more than the capacity of the memory cache, and is not stored.
    case entryTooLarge(key: String, cost: Int, limit: Int)

    /// The manager was shut down.
    case shutDown
}

extension CacheError: CustomStringConvertible {
    /// A description of the error and of its remedy.
    public var description: String {
        switch self {
        case .notConfigured:
            "No cache is configured. Call `try await CacheManager.configure(...)` once at startup, "
                + "or run the code inside `withCacheManager(...)`."
        case .alreadyConfigured(let location):
            "The cache is configured already, at \(location). Configure it once at startup; "
                + "`CacheManager.shutdown()` ends it, and `withCacheManager(...)` overrides it in tests."
        case .invalidKey(let key, let reason):
            "The cache key \(QuotedText.of(key)) is not valid: \(reason)."
        case .invalidTag(let tag, let reason):
            "The tag \(QuotedText.of(tag)) is not valid: \(reason)."
        case .unknownCache(let name, let known):
            "There is no cache named \(QuotedText.of(name)). Configured: "
                + known.sorted().map { QuotedText.of($0) }.joined(separator: ", ") + "."
        case .recursiveLoad(let key, let chain):
            "The load for \(QuotedText.of(key)) asked for its own key and would wait for itself: "
                + (chain + [key]).map { QuotedText.of($0) }.joined(separator: " -> ") + "."
        case .functionNotAssigned(let location):
            "The @Cached property declared at \(location) has no function yet. "
                + "Assign an async closure to it in the initializer."
        case .staticKeyWithArguments(let key, let location):
            "The static key \(QuotedText.of(key)) at \(location) is on a function with arguments, "
                + "so all arguments would share one result. Build the key from them: `key: { \"\(key):\\($0)\" }`; "
                + "to ignore them on purpose: `key: { _ in \"\(key)\" }`."
        case .argumentsNotEncodable(let reason):
            "The arguments could not be encoded into a key: \(reason)."
        case .backendFailed(let operation, let key, let underlying):
            "The cache backend failed to \(operation)"
                + (key.map { " \(QuotedText.of($0))" } ?? "") + ": \(underlying)"
        case .backendTimedOut(let operation, let duration):
            "The cache backend did not \(operation) within \(duration)."
        case .backendUnavailable(let operation):
            "The cache backend was not asked to \(operation), because several operations in a row failed or have not "
                + "returned. It is tried again after a pause; `manager.health` has its state."
        case .loadTimedOut(let key, let duration):
            "The load for \(QuotedText.of(key)) took longer than its loadTimeout of \(duration) and was cancelled."
        case .valueNotEncodable(let key, let underlying):
            "The value for \(QuotedText.of(key)) cannot be encoded: \(underlying)"
        case .entryTooLarge(let key, let cost, let limit):
            "The entry under \(QuotedText.of(key)) costs \(cost), which is more than the memory cache holds "
                + "altogether (\(limit)), and is not stored. Raise the capacity, or store less under one key."
        case .shutDown:
            "This cache manager was shut down."
        }
    }
}

extension CacheError: Equatable {
    /// A case and its payload, to be compared.
    private struct Parts {
        let name: String
        var texts: [String] = []
        var key: String?
        var numbers: [Int] = []
        var time: Duration?
        var underlying: (any Error)?
    }

    /// Whether two errors are of one case with the same payload.
    ///
    /// Underlying errors are the same when they are of one type and equal, or have the same description where that type
    /// is not `Equatable`. Keys and tags are compared by their bytes, as in caches.
    ///
    /// - Parameters:
    ///   - left: An error.
    ///   - right: Another error.
    /// - Returns: Whether they are equal.
    public static func == (left: CacheError, right: CacheError) -> Bool {
        let (left, right) = (left.parts, right.parts)
        return left.name == right.name && left.numbers == right.numbers && left.time == right.time
            && left.texts.elementsEqual(right.texts, by: isSame) && isSame(left.key, right.key)
            && isSame(left.underlying, right.underlying)
    }

    private var parts: Parts {
        switch self {
        case .notConfigured: Parts(name: "notConfigured")
        case .alreadyConfigured(let location): Parts(name: "alreadyConfigured", texts: [location])
        case .invalidKey(let key, let reason): Parts(name: "invalidKey", texts: [key, reason])
        case .invalidTag(let tag, let reason): Parts(name: "invalidTag", texts: [tag, reason])
        case .unknownCache(let name, let known): Parts(name: "unknownCache", texts: [name] + known)
        case .recursiveLoad(let key, let chain): Parts(name: "recursiveLoad", texts: [key] + chain)
        case .functionNotAssigned(let location): Parts(name: "functionNotAssigned", texts: [location])
        case .staticKeyWithArguments(let key, let place): Parts(name: "staticKeyWithArguments", texts: [key, place])
        case .argumentsNotEncodable(let reason): Parts(name: "argumentsNotEncodable", texts: [reason])
        case .backendFailed(let operation, let key, let underlying):
            Parts(name: "backendFailed", texts: [operation], key: key, underlying: underlying)
        case .backendTimedOut(let operation, let time): Parts(name: "backendTimedOut", texts: [operation], time: time)
        case .backendUnavailable(let operation): Parts(name: "backendUnavailable", texts: [operation])
        case .loadTimedOut(let key, let time): Parts(name: "loadTimedOut", texts: [key], time: time)
        case .valueNotEncodable(let key, let underlying):
            Parts(name: "valueNotEncodable", texts: [key], underlying: underlying)
        case .entryTooLarge(let key, let cost, let limit):
            Parts(name: "entryTooLarge", texts: [key], numbers: [cost, limit])
        case .shutDown: Parts(name: "shutDown")
        }
    }

    private static func isSame(_ left: String?, _ right: String?) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        return left.utf8.elementsEqual(right.utf8)
    }

    private static func isSame(_ left: (any Error)?, _ right: (any Error)?) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        guard type(of: left) == type(of: right) else { return false }
        guard let equatable = left as? any Equatable else { return "\(left)" == "\(right)" }
        return equatable.isEqual(to: right)
    }
}

extension Equatable {
    fileprivate func isEqual(to other: Any) -> Bool { (other as? Self) == self }
}

extension CacheError {
    /// Whether the entry cannot be stored though the backend works.
    var isAboutTheEntry: Bool {
        if case .entryTooLarge = self { true } else { false }
    }
}
