// SPDX-License-Identifier: Apache-2.0

extension FaultProxy {
    /// A direction of bytes through a proxy.
    package enum Direction: Sendable, Hashable, CaseIterable {
        /// From clients to the server.
        case toServer
        /// From the server to clients.
        case toClient
    }

    /// The treatment of the bytes of one direction.
    ///
    /// Positions are relative to the first byte of a connection after the behaviour was set.
    package enum Behavior: Sendable, Hashable {
        /// Forwards bytes without a change.
        case pass

        /// Delays each piece.
        case delay(Duration)

        /// Forwards a number of bytes in each interval.
        case throttle(bytes: Int, every: Duration)

        /// Writes each byte by itself.
        case byteByByte

        /// Forwards a number of bytes, waits, and forwards the rest.
        case split(at: Int, pause: Duration = .milliseconds(20))

        /// Closes the connection on both sides after a number of bytes.
        case cut(after: Int)

        /// Resets the connection on both sides after a number of bytes.
        case reset(after: Int)

        /// Reads everything and forwards nothing, not even an end, like a dead connection.
        case swallow

        /// Reads nothing, so that the buffers of the sender fill up.
        case stall
    }

    /// The counts of a proxy.
    package struct Statistics: Sendable, Hashable {
        /// The number of connections that clients have made.
        package internal(set) var connections = 0

        /// The number of open connections.
        package internal(set) var openConnections = 0

        /// The number of bytes that were read in each direction.
        package internal(set) var received: [Direction: Int] = [.toServer: 0, .toClient: 0]

        /// The number of bytes that were written in each direction.
        package internal(set) var forwarded: [Direction: Int] = [.toServer: 0, .toClient: 0]
    }
}
