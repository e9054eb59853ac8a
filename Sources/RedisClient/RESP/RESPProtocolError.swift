// SPDX-License-Identifier: Apache-2.0

/// The reason why bytes are not RESP; the connection that they came from cannot be used any more.
package struct RESPProtocolError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// Bounds of what a server may send, so that no bytes exhaust the memory.
package struct RESPLimits: Sendable, Hashable {
    /// The depth of arrays in arrays.
    package var depth = 32
    /// The length of a line, in bytes.
    package var line = 65_536
    /// The length of a string, in bytes; the largest one that a server stores unless it is told otherwise.
    package var string = 512 << 20
    /// The number of elements of a reply, with those of its elements.
    package var elements = 1 << 20

    package init() {}
}
