// SPDX-License-Identifier: Apache-2.0

/// A Lua script that the server runs atomically.
package struct RedisScript: Sendable, Hashable {
    /// The source code, in Lua.
    package let source: String

    /// The SHA-1 of the source code in hexadecimal digits, which identifies a script that the server has cached.
    package let digest: String

    package init(_ source: String, digest: String) {
        self.source = source
        self.digest = digest
    }

    /// Returns the command that runs the script, if the server has cached it.
    package func command(keys: [String], arguments: [RedisArgument] = []) -> RedisCommand {
        RedisCommand(["EVALSHA", .text(digest)] + Self.words(keys, arguments))
    }

    fileprivate static func words(_ keys: [String], _ arguments: [RedisArgument]) -> [RedisArgument] {
        [.integer(Int64(keys.count))] + keys.map { .text($0) } + arguments
    }
}

extension RedisClient {
    /// Runs a script; its source code is sent only if the server has not cached it.
    ///
    /// - Parameters:
    ///   - script: The script.
    ///   - keys: The keys that it reads and writes.
    ///   - arguments: The other arguments of the script.
    ///   - timeout: The time to wait; nil uses the timeout of the settings.
    /// - Returns: The reply.
    /// - Throws: ``RedisError``, or `CancellationError`.
    package func run(
        _ script: RedisScript,
        keys: [String],
        arguments: [RedisArgument] = [],
        timeout: Duration? = nil
    ) async throws -> RESPValue {
        let limit = timeout ?? settings.timeout
        let start = MonotonicClock.now
        do {
            return try await send(script.command(keys: keys, arguments: arguments), timeout: limit)
        } catch RedisError.server(let error) where error.code == "NOSCRIPT" {
            // The script did not run: a restart empties the script cache of a server.
            let words = RedisScript.words(keys, arguments)
            let left = max(.zero, limit - .nanoseconds(MonotonicClock.now - start))
            return try await send(RedisCommand(["EVAL", .text(script.source)] + words), timeout: left)
        }
    }
}
