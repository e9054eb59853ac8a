// SPDX-License-Identifier: Apache-2.0

extension ScriptedServer {
    /// The reply of a scripted server to a command.
    package enum Reply: Sendable, Hashable {
        /// Sends bytes without a change.
        case bytes([UInt8])

        /// Sends pieces with a pause between them.
        case pieces([[UInt8]], pause: Duration)

        /// Waits before another reply.
        indirect case after(Duration, Reply)

        /// Sends nothing, and waits for further commands.
        case none

        /// Sends bytes, possibly none, and closes the connection.
        case close(after: [UInt8])

        /// Sends bytes, possibly none, and resets the connection.
        case reset(after: [UInt8])

        /// Closes the connection.
        package static let close = Reply.close(after: [])

        /// Resets the connection.
        package static let reset = Reply.reset(after: [])

        /// Sends text without a change.
        package static func text(_ text: String) -> Reply { .bytes(Array(text.utf8)) }

        /// Sends `+OK`.
        package static let ok = Reply.text("+OK\r\n")

        /// Sends an error with a text such as `ERR unknown command`.
        package static func error(_ text: String) -> Reply { .text("-\(text)\r\n") }

        /// Sends a bulk string.
        package static func bulk(_ text: String) -> Reply { .text("$\(text.utf8.count)\r\n\(text)\r\n") }

        /// Sends the reply of a server to `HELLO 3`.
        package static let hello = Reply.text(
            "%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$5\r\nproto\r\n:3\r\n"
                + "$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n"
                + "$7\r\nmodules\r\n*0\r\n"
        )
    }

    /// A step of a script: the expected command and the reply.
    package struct Step: Sendable, Hashable {
        let command: String?
        let reply: Reply

        /// Expects a command with a name, or any command for nil.
        package static func expect(_ command: String?, _ reply: Reply) -> Step { Step(command: command, reply: reply) }
    }
}
