// SPDX-License-Identifier: Apache-2.0

/// The address of a server: a port of this machine or a socket in its file system.
package enum Endpoint: Sendable, Hashable {
    /// A port of 127.0.0.1.
    case port(Int)

    /// The path of a unix socket.
    case path(String)
}
