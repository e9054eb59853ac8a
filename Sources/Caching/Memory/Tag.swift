// SPDX-License-Identifier: Apache-2.0

/// A tag as a key of dictionaries: tags are bytes, and Swift takes texts as equal that differ in theirs.
struct Tag: Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: Tag, right: Tag) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        let isDone: Void? = text.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if isDone == nil { hasher.combine(Array(text.utf8)) }
    }
}
