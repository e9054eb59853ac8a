// SPDX-License-Identifier: Apache-2.0

extension FaultProxy {
    /// The way of bytes through a proxy.
    package enum Direction: Sendable, Hashable, CaseIterable {
        /// From clients to the server.
        case toServer
        /// From the server to clients.
        case toClient
    }

    /// The treatment of the bytes of one direction.
    ///
    /// Positions count on each connection from the moment the behaviour was set, or from its beginning if that was
    /// later.
    package enum Behavior: Sendable, Hashable {
        /// Passes bytes on as they come.
        case pass

        /// Holds each piece back for so long.
        case delay(Duration)

        /// Passes so many bytes on and then waits for so long, again and again.
        case throttle(bytes: Int, every: Duration)

        /// Writes each byte by itself.
        case byteByByte

        /// Passes on so many bytes, waits for so long, and passes on the rest.
        case split(at: Int, pause: Duration = .milliseconds(20))

        /// Closes the connection on both sides after so many bytes.
        case cut(after: Int)

        /// Resets the connection on both sides after so many bytes.
        case reset(after: Int)

        /// Reads everything and passes on nothing, not even an end: a connection that is dead and does not know it.
        case swallow

        /// Reads nothing, so that the buffers of who sends fill up.
        case stall
    }

    /// The counts of a proxy.
    package struct Statistics: Sendable, Hashable {
        /// Connections that clients have made.
        package internal(set) var connections = 0

        /// Connections that are open now.
        package internal(set) var openConnections = 0

        /// Bytes that were read from clients, and from the server.
        package internal(set) var received: [Direction: Int] = [.toServer: 0, .toClient: 0]

        /// Bytes that were written to the server, and to clients.
        package internal(set) var forwarded: [Direction: Int] = [.toServer: 0, .toClient: 0]
    }
}
