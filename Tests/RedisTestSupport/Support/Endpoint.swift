// SPDX-License-Identifier: Apache-2.0

/// The address of a server on this machine.
package enum Endpoint: Sendable, Hashable {
    /// A port of 127.0.0.1.
    case port(Int)

    /// The path of a Unix domain socket.
    case path(String)
}
