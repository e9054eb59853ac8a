// SPDX-License-Identifier: Apache-2.0

/// A conversion of a well-formed item to definite lengths and counts.
///
/// Only items of other programs need it. Counts are written in eight bytes, although that is not the shortest form.
struct CBORDefiniteForm {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    private let output: CBOROutput

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        output = CBOROutput(capacity: bytes.count + 64)
    }

    static func output(of bytes: UnsafeRawBufferPointer) -> CBOROutput {
        var form = CBORDefiniteForm(bytes)
        form.copyItem()
        return form.output
    }

    /// Copies an item, recursively; its depth was checked.
    private mutating func copyItem() {
        var head = CBORHead(in: bytes, at: offset)
        while head.major == .tag {
            copy(to: head.end)
            head = CBORHead(in: bytes, at: offset)
        }
        switch head.major {
        case .unsigned, .negative, .simple, .tag: copy(to: head.end)
        case .bytes, .text:
            if head.info == 31 { copyChunks(of: head.major) } else { copy(to: head.end + Int(head.argument)) }
        case .array, .map:
            guard head.info == 31 else {
                copy(to: head.end)
                let items = Int(head.argument) * (head.major == .map ? 2 : 1)
                for _ in 0..<items { copyItem() }
                return
            }
            let start = beginLong(head.major)
            var count: UInt64 = 0
            while bytes[offset] != 0xFF {
                copyItem()
                if head.major == .map { copyItem() }
                count += 1
            }
            endLong(start, count)
        }
    }

    private mutating func copyChunks(of major: CBORMajor) {
        let start = beginLong(major)
        while bytes[offset] != 0xFF {
            let head = CBORHead(in: bytes, at: offset)
            offset = head.end
            copy(to: head.end + Int(head.argument))
        }
        endLong(start, UInt64(output.count - start - 9))
    }

    private mutating func copy(to end: Int) {
        output.write(UnsafeRawBufferPointer(rebasing: bytes[offset..<end]))
        offset = end
    }

    /// Writes a head with room for any argument and returns its offset.
    private mutating func beginLong(_ major: CBORMajor) -> Int {
        offset += 1
        let start = output.count
        output.write(byte: major.rawValue << 5 | 27)
        output.write(bigEndian: UInt64(0))
        return start
    }

    private mutating func endLong(_ start: Int, _ count: UInt64) {
        offset += 1
        UnsafeMutableRawPointer(output.base + start + 1).storeBytes(of: count.bigEndian, as: UInt64.self)
    }
}
