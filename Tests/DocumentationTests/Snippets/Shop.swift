// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What the snippets cache, and where it comes from.
struct User: Codable, Hashable, Sendable {
    let id: Int
    var name: String
}

final class Database: Sendable {
    private struct State {
        var users = [1: User(id: 1, name: "Ada"), 42: User(id: 42, name: "Grace")]
        var queries = 0
    }

    private let state = Mutex(State())

    /// How often it was asked.
    var queries: Int { state.withLock(\.queries) }

    func users() async throws -> [User] { ask { $0.values.sorted { $0.id < $1.id } } }

    func user(_ id: Int) async throws -> User? { ask { $0[id] } }

    func search(_ text: String, page: Int) async throws -> [User] {
        ask { $0.values.filter { $0.name.contains(text) }.sorted { $0.id < $1.id } }
    }

    func rename(_ id: Int, to name: String) async throws { state.withLock { $0.users[id]?.name = name } }

    private func ask<Answer>(_ question: ([Int: User]) -> Answer) -> Answer {
        state.withLock { state in
            state.queries += 1
            return question(state.users)
        }
    }
}
