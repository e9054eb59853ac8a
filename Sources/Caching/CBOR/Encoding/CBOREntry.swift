// SPDX-License-Identifier: Apache-2.0

/// An entry of a map that is being written.
struct CBOREntry {
    let start: Int
    let keySize: Int
    /// The end of the entry, which is set when the map is finished.
    var end = 0
    /// The index of the part that has the value; negative when there is none.
    var part = -1

    init(start: Int, keySize: Int) {
        self.start = start
        self.keySize = keySize
    }

    /// Compares the encoded keys of two entries bytewise, and returns a negative number, zero or a positive number.
    ///
    /// No encoded key is a prefix of another one, so the sizes need no comparison.
    static func order(_ first: CBOREntry, _ second: CBOREntry, in base: UnsafeRawPointer) -> Int {
        for offset in 0..<min(first.keySize, second.keySize) {
            let left = base.load(fromByteOffset: first.start + offset, as: UInt8.self)
            let right = base.load(fromByteOffset: second.start + offset, as: UInt8.self)
            if left != right { return Int(left) - Int(right) }
        }
        return 0
    }
}
