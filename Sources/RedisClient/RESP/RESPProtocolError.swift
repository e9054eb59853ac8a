// SPDX-License-Identifier: Apache-2.0

/// A violation of the protocol, after which the connection cannot be used.
package struct RESPProtocolError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// The limits of replies, which bound the memory that a server can make the client allocate.
package struct RESPLimits: Sendable, Hashable {
    /// The maximum depth of nested aggregates.
    package var depth = 32
    /// The maximum length of a line, in bytes.
    package var line = 65_536
    /// The maximum length of a string, in bytes, by default that of `proto-max-bulk-len`.
    package var string = 512 << 20
    /// The maximum number of elements of a reply, including those of nested aggregates.
    package var elements = 1 << 20

    package init() {}
}
