// SPDX-License-Identifier: Apache-2.0

/// A writer of little-endian numbers and texts into memory that is large enough.
struct EnvelopeWriter {
    private let buffer: UnsafeMutableRawBufferPointer
    private(set) var position = 0

    init(_ buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

    mutating func write(_ number: some FixedWidthInteger) {
        buffer.storeBytes(of: number.littleEndian, toByteOffset: position, as: type(of: number))
        position += MemoryLayout.size(ofValue: number)
    }

    mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            write(UInt32(utf8.count))
            copy(UnsafeRawBufferPointer(utf8))
        }
    }

    mutating func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { copy($0) }
    }

    /// Writes the checksum of all bytes from an offset on.
    func writeChecksum(at place: Int, from start: Int) {
        let sum = CRC32.checksum(UnsafeRawBufferPointer(rebasing: buffer[start..<position]))
        buffer.storeBytes(of: sum.littleEndian, toByteOffset: place, as: UInt32.self)
    }

    private mutating func copy(_ bytes: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: buffer[position...]).copyMemory(from: bytes)
        position += bytes.count
    }
}

/// A reader of the bytes of ``EnvelopeWriter``, which throws where they are cut.
struct EnvelopeReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The bytes that have not been read.
    var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[position...]) }

    mutating func read<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type
    ) throws(CacheEntryError) -> Number {
        let size = MemoryLayout<Number>.size
        guard bytes.count - position >= size else { throw Self.cut }
        defer { position += size }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: type))
    }

    mutating func readBytes(count: Int) throws(CacheEntryError) -> UnsafeRawBufferPointer {
        guard bytes.count - position >= count else { throw Self.cut }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
    }

    mutating func readText() throws(CacheEntryError) -> String {
        let utf8 = try readBytes(count: Int(clamping: read(UInt32.self)))
        guard let text = String(validating: utf8, as: UTF8.self) else {
            throw CacheEntryError("the entry has a text that is not UTF-8")
        }
        return text
    }

    /// Reads a key, and throws unless it is the expected one.
    mutating func expect(_ key: String) throws(CacheEntryError) {
        let stored = try readBytes(count: Int(clamping: read(UInt32.self)))
        var key = key
        guard !key.withUTF8({ stored.elementsEqual(UnsafeRawBufferPointer($0)) }) else { return }
        let shown = QuotedText.of(String(decoding: stored, as: UTF8.self))
        throw CacheEntryError("the entry belongs to the key \(shown)", kind: .otherKey)
    }

    /// Reads tags with their stamps; no stamps when all are zero.
    mutating func readTags() throws(CacheEntryError) -> ([String], [UInt64]) {
        let count = Int(try read(UInt16.self))
        guard count > 0 else { return ([], []) }
        // Each takes at least twelve bytes, so that memory is not reserved for an impossible count.
        guard bytes.count - position >= count * 12 else { throw Self.cut }
        var tags: [String] = []
        var stamps: [UInt64] = []
        tags.reserveCapacity(count)
        stamps.reserveCapacity(count)
        for _ in 0..<count {
            tags.append(try readText())
            stamps.append(try read(UInt64.self))
        }
        return (tags, stamps.contains { $0 != 0 } ? stamps : [])
    }

    private static var cut: CacheEntryError { CacheEntryError("the entry is cut short") }
}
