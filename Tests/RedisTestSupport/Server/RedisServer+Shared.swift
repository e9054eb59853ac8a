// SPDX-License-Identifier: Apache-2.0

import Synchronization

extension RedisServer {
    private static let sharedServers = Mutex<[Kind: Task<RedisServer, any Error>]>([:])
    private static let lastDatabase = Atomic(0)

    /// The server of a kind that all tests of this process use which do it no harm, started when first asked for.
    ///
    /// A test takes a database of its own, ``nextDatabase()``, or keys with a prefix of its own. Tests that stop the
    /// server, change its configuration or empty it start one themselves.
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

    /// The number of a database of the shared servers that no other test of this process has.
    package static func nextDatabase() -> Int { lastDatabase.add(1, ordering: .relaxed).newValue }

    /// Starts a server for a closure and stops it afterwards.
    package static func withServer<Output: Sendable>(
        _ kind: Kind,
        _ options: ServerOptions = ServerOptions(),
        _ body: (RedisServer) async throws -> Output
    ) async throws -> Output {
        let server = try RedisServer(kind, options)
        // Killed and not stopped: nobody looks at how it ends, and an orderly end takes a tenth of a second.
        defer { server.kill() }
        try await server.start()
        return try await body(server)
    }
}
