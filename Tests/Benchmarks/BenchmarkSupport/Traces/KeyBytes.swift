// SPDX-License-Identifier: Apache-2.0

/// A key that is equal only to the same bytes, as in a cache: `==` of strings compares by canonical equivalence.
struct KeyBytes: Hashable {
    let key: String

    static func == (left: KeyBytes, right: KeyBytes) -> Bool { left.key.utf8.elementsEqual(right.key.utf8) }

    func hash(into hasher: inout Hasher) {
        let isHashed: Void? = key.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if isHashed == nil { for byte in key.utf8 { hasher.combine(byte) } }
    }
}
