// SPDX-License-Identifier: Apache-2.0

import Synchronization

extension RedisServer {
    private static let sharedServers = Mutex<[Kind: Task<RedisServer, any Error>]>([:])
    private static let lastDatabase = Atomic(0)

    /// Returns the shared server of a kind, which is started for the first test that needs it.
    ///
    /// A test uses a database of its own, ``nextDatabase()``, or keys with a prefix of its own. A test that stops or empties
    /// a server, or changes its configuration, starts its own server.
    package static func shared(_ kind: Kind) async throws -> RedisServer {
        let task = sharedServers.withLock { servers in
            if let task = servers[kind] { return task }
            let task = Task {
                let server = try RedisServer(kind, ServerOptions(arguments: ["--databases", "4096"]))
                try await server.start()
                return server
            }
            servers[kind] = task
            return task
        }
        return try await task.value
    }

    /// Returns the number of an unused database of the shared servers.
    package static func nextDatabase() -> Int { lastDatabase.add(1, ordering: .relaxed).newValue }

    /// Calls a closure with a new server, and kills the server.
    package static func withServer<Output: Sendable>(
        _ kind: Kind,
        _ options: ServerOptions = ServerOptions(),
        _ body: (RedisServer) async throws -> Output
    ) async throws -> Output {
        let server = try RedisServer(kind, options)
        // Killed and not stopped, because a clean termination takes 100 ms.
        defer { server.kill() }
        try await server.start()
        return try await body(server)
    }
}
