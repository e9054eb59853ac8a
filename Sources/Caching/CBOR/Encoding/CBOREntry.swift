// SPDX-License-Identifier: Apache-2.0

/// An entry of a map that is being written.
struct CBOREntry {
    let start: Int
    let keySize: Int
    /// Set when the map is finished.
    var end = 0
    /// The encoder apart that has the value, as an index into those of the map; negative when there is none.
    var part = -1

    init(start: Int, keySize: Int) {
        self.start = start
        self.keySize = keySize
    }

    /// Compares the encoded keys of two entries bytewise: negative, zero or positive.
    ///
    /// No encoded key is the beginning of another, so the shorter size decides nothing.
    static func order(_ first: CBOREntry, _ second: CBOREntry, in base: UnsafeRawPointer) -> Int {
        for offset in 0..<min(first.keySize, second.keySize) {
            let left = base.load(fromByteOffset: first.start + offset, as: UInt8.self)
            let right = base.load(fromByteOffset: second.start + offset, as: UInt8.self)
            if left != right { return Int(left) - Int(right) }
        }
        return 0
    }
}
