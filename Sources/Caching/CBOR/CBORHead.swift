// SPDX-License-Identifier: Apache-2.0

/// The head of an item: its kind, and its number, length, count or tag.
struct CBORHead {
    let major: CBORMajor
    /// The lower five bits of the first byte.
    let info: UInt8
    let argument: UInt64
    /// The offset after the head.
    let end: Int

    /// Reads a head, whose bytes must exist.
    @inline(__always)
    init(in bytes: UnsafeRawBufferPointer, at offset: Int) {
        let first = bytes[offset]
        // Three bits have eight values, and there are eight cases.
        major = unsafeBitCast(first >> 5, to: CBORMajor.self)
        info = first & 31
        if info < 24 {
            argument = UInt64(info)
            end = offset + 1
        } else {
            let size = Self.size(info)
            argument = Self.number(in: bytes, at: offset + 1, size: size)
            end = offset + 1 + size
        }
    }

    /// Returns the number of bytes after the first one; zero for heads of one byte and for reserved ones.
    @inline(__always)
    static func size(_ info: UInt8) -> Int { info >= 24 && info < 28 ? 1 << Int(info - 24) : 0 }

    /// Returns a big-endian number.
    @inline(__always)
    static func number(in bytes: UnsafeRawBufferPointer, at offset: Int, size: Int) -> UInt64 {
        switch size {
        case 0: 0
        case 1: UInt64(bytes[offset])
        case 2: UInt64(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
        case 4: UInt64(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        default: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
    }

    var isNull: Bool { major == .simple && (info == 22 || info == 23) }
}

/// The eight kinds of CBOR items, RFC 8949 section 3.1.
enum CBORMajor: UInt8 {
    case unsigned, negative, bytes, text, array, map, tag, simple
}
