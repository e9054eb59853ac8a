// SPDX-License-Identifier: Apache-2.0

/// A key or tag that equals only a text with the same bytes.
///
/// Keys and tags are bytes. Swift compares strings by canonical equivalence, so a `String` cannot be the key of a
/// dictionary of entries.
package struct KeyBytes: Hashable, Sendable {
    /// The text of the key or tag.
    package let text: String

    /// Creates a key from a text.
    package init(_ text: String) { self.text = text }

    package static func == (left: KeyBytes, right: KeyBytes) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    package func hash(into hasher: inout Hasher) {
        let isDone: Void? = text.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if isDone == nil { Array(text.utf8).withUnsafeBytes { hasher.combine(bytes: $0) } }
    }
}
