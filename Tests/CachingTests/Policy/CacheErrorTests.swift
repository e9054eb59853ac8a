// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

@Suite("Equality of errors")
struct CacheErrorTests {
    private enum Failure: Error, Equatable { case one, two }

    /// An error that is not `Equatable`.
    private struct Opaque: Error, CustomStringConvertible { let description: String }

    /// An error with the description of every other one.
    private struct Silent: Error, Equatable, CustomStringConvertible {
        let number: Int
        var description: String { "failed" }
    }

    /// Pairwise different errors, neighbours in one payload only.
    private static let different: [CacheError] = [
        .notConfigured,
        .shutDown,
        .alreadyConfigured(location: "a"), .alreadyConfigured(location: "b"),
        .invalidKey(key: "a", reason: "x"), .invalidKey(key: "b", reason: "x"), .invalidKey(key: "a", reason: "y"),
        .invalidTag(tag: "a", reason: "x"), .invalidTag(tag: "b", reason: "x"), .invalidTag(tag: "a", reason: "y"),
        .unknownCache(name: "a", known: []), .unknownCache(name: "b", known: []),
        .unknownCache(name: "a", known: ["a"]), .unknownCache(name: "a", known: ["b", "a"]),
        .unknownCache(name: "a", known: ["a", "b"]),
        .recursiveLoad(key: "a", chain: ["a"]), .recursiveLoad(key: "b", chain: ["a"]),
        .recursiveLoad(key: "a", chain: ["b"]), .recursiveLoad(key: "a", chain: ["a", "a"]),
        .functionNotAssigned(declaredAt: "a"), .functionNotAssigned(declaredAt: "b"),
        .staticKeyWithArguments(key: "a", declaredAt: "x"), .staticKeyWithArguments(key: "b", declaredAt: "x"),
        .staticKeyWithArguments(key: "a", declaredAt: "y"),
        .argumentsNotEncodable(reason: "a"), .argumentsNotEncodable(reason: "b"),
        .backendFailed(operation: "get", key: "a", underlying: Failure.one),
        .backendFailed(operation: "set", key: "a", underlying: Failure.one),
        .backendFailed(operation: "get", key: "b", underlying: Failure.one),
        .backendFailed(operation: "get", key: nil, underlying: Failure.one),
        .backendFailed(operation: "get", key: "a", underlying: Failure.two),
        .backendFailed(operation: "get", key: "a", underlying: Opaque(description: "one")),
        .backendFailed(operation: "get", key: "a", underlying: Opaque(description: "two")),
        .backendFailed(operation: "get", key: "a", underlying: Silent(number: 1)),
        .backendFailed(operation: "get", key: "a", underlying: Silent(number: 2)),
        .backendTimedOut(operation: "get", after: .seconds(1)), .backendTimedOut(operation: "set", after: .seconds(1)),
        .backendTimedOut(operation: "get", after: .seconds(2)),
        .backendUnavailable(operation: "get"), .backendUnavailable(operation: "set"),
        .loadTimedOut(key: "a", after: .seconds(1)), .loadTimedOut(key: "b", after: .seconds(1)),
        .loadTimedOut(key: "a", after: .seconds(2)),
        .valueNotEncodable(key: "a", underlying: Failure.one), .valueNotEncodable(key: "b", underlying: Failure.one),
        .valueNotEncodable(key: "a", underlying: Failure.two),
        .entryTooLarge(key: "a", cost: 1, limit: 1), .entryTooLarge(key: "b", cost: 1, limit: 1),
        .entryTooLarge(key: "a", cost: 2, limit: 1), .entryTooLarge(key: "a", cost: 1, limit: 2),
    ]

    @Test func errorsAreEqualWhenTheirCasesAndPayloadsAre() {
        for (number, left) in Self.different.enumerated() {
            for (other, right) in Self.different.enumerated() {
                #expect((left == right) == (number == other), "\(left) and \(right)")
            }
        }
    }

    @Test func `keys that Swift calls equal and that differ in their bytes are different`() {
        #expect(CacheError.invalidKey(key: "\u{E9}", reason: "") != .invalidKey(key: "e\u{301}", reason: ""))
    }

    @Test func `underlying errors of two types are different though they say the same`() {
        struct Other: Error, CustomStringConvertible { let description: String }
        #expect(
            CacheError.valueNotEncodable(key: "a", underlying: Opaque(description: "one"))
                != .valueNotEncodable(key: "a", underlying: Other(description: "one"))
        )
    }

    @Test func `a long key is compared as a whole though its description is cut`() {
        let stem = String(repeating: "k", count: 200)
        #expect(CacheError.invalidKey(key: stem + "1", reason: "") != .invalidKey(key: stem + "2", reason: ""))
    }
}
