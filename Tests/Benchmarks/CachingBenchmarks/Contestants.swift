// SPDX-License-Identifier: Apache-2.0

import Caching
import Foundation
import Synchronization

/// The cached value: a small object, such as a row of a database.
struct User: Codable, Sendable {
    let id: Int
    let name: String
}

/// The key closure of all contestants.
let shortKey: @Sendable (Int) -> String = { "users:\($0)" }
let longKey: @Sendable (Int) -> String = { "users:profiles:v2:\($0)" }

/// The baseline: a dictionary with a mutex, as written by hand.
final class HandWrittenCache: Sendable {
    private let users = Mutex<[String: User]>([:])
    private let makeKey: @Sendable (Int) -> String

    init(_ makeKey: @escaping @Sendable (Int) -> String) { self.makeKey = makeKey }

    nonisolated(nonsending) func user(_ id: Int) async throws -> User {
        let key = makeKey(id)
        if let user = users.withLock({ $0[key] }) { return user }
        let user = try await loadUser(id)
        users.withLock { $0[key] = user }
        return user
    }
}

/// A dictionary in an actor.
actor ActorCache {
    private var users: [String: User] = [:]
    private let makeKey: @Sendable (Int) -> String

    init(_ makeKey: @escaping @Sendable (Int) -> String) { self.makeKey = makeKey }

    func user(_ id: Int) async throws -> User {
        let key = makeKey(id)
        if let user = users[key] { return user }
        let user = try await loadUser(id)
        users[key] = user
        return user
    }
}

/// Foundation's cache.
///
/// Unchecked, because `NSCache` is thread-safe by its documentation and not marked `Sendable`.
final class FoundationCache: @unchecked Sendable {
    private final class Box {
        let user: User
        init(_ user: User) { self.user = user }
    }

    private let users = NSCache<NSString, Box>()
    private let makeKey: @Sendable (Int) -> String

    init(_ makeKey: @escaping @Sendable (Int) -> String) { self.makeKey = makeKey }

    nonisolated(nonsending) func user(_ id: Int) async throws -> User {
        let key = NSString(string: makeKey(id))
        if let box = users.object(forKey: key) { return box.user }
        let user = try await loadUser(id)
        users.setObject(Box(user), forKey: key)
        return user
    }
}

/// The framework, by an annotation.
struct AnnotatedService: Sendable {
    @Cached var user: @Sendable (Int) async throws -> User

    init(_ makeKey: @escaping @Sendable (Int) -> String) {
        _user = Cached(ttl: 3600, key: makeKey)
        user = { try await loadUser($0) }
    }
}

func loadUser(_ id: Int) async throws -> User { User(id: id, name: "user \(id)") }
