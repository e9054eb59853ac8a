// SPDX-License-Identifier: Apache-2.0

/// The envelope around an entry's bytes.
///
///     magic "SC" | format 1 | createdAt i64 | freshUntil i64 | expiresAt i64 | key text | tag count u16 | tags | value
///
/// Numbers are little-endian, a text is its length as u32 and its UTF-8, `Int64.max` stands for "never". The key is
/// in it so that a mix-up of files or slots is a miss instead of somebody else's value.
extension CacheEntry {
    private static let magic: [UInt8] = [UInt8(ascii: "S"), UInt8(ascii: "C"), 1]

    /// The entry as bytes, to be stored under a key.
    ///
    /// - Parameter key: The key the entry is stored under.
    /// - Returns: The envelope with the value's bytes in it.
    /// - Throws: What the value's codec throws.
    /// - Complexity: O(size of the value).
    public func encoded(for key: String) throws -> [UInt8] {
        let bytes = try value.encoded()
        var writer = ByteWriter()
        writer.bytes = Self.magic
        writer.bytes.reserveCapacity(bytes.count + key.utf8.count + 48)
        writer.write(createdAt)
        writer.write(freshUntil ?? .max)
        writer.write(expiresAt ?? .max)
        writer.write(key)
        writer.write(UInt16(clamping: tags.count))
        for tag in tags.prefix(Int(UInt16.max)) { writer.write(tag) }
        writer.bytes += bytes
        return writer.bytes
    }

    /// Reads an entry back from its bytes.
    ///
    /// - Parameters:
    ///   - bytes: What ``encoded(for:)`` returned.
    ///   - key: The key it is expected to be stored under.
    /// - Throws: ``CacheEntryError`` when the bytes are cut, of another format, or belong to another key.
    /// - Complexity: O(size of the value).
    public init(encoded bytes: [UInt8], for key: String) throws {
        var reader = ByteReader(bytes)
        guard try reader.read(count: Self.magic.count).elementsEqual(Self.magic) else {
            throw CacheEntryError("not an entry of this format")
        }
        let times = (try reader.readInt64(), try reader.readInt64(), try reader.readInt64())
        let storedKey = try reader.readText()
        guard storedKey.utf8.elementsEqual(key.utf8) else {
            throw CacheEntryError("the entry belongs to the key \(KeyRules.quoted(storedKey))")
        }
        let tagCount = try reader.readUInt16()
        var tags: [String] = []
        for _ in 0..<tagCount { tags.append(try reader.readText()) }
        self.init(
            value: EncodedValue(reader.rest()),
            createdAt: times.0,
            freshUntil: times.1 == .max ? nil : times.1,
            expiresAt: times.2 == .max ? nil : times.2,
            tags: tags
        )
    }
}

/// Writes little-endian numbers and texts.
private struct ByteWriter {
    var bytes: [UInt8] = []

    mutating func write(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }

    mutating func write(_ text: String) {
        write(UInt32(clamping: text.utf8.count))
        bytes += text.utf8
    }
}

/// Reads what ``ByteWriter`` wrote, and throws where it is cut.
private struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func read(count: Int) throws -> ArraySlice<UInt8> {
        guard bytes.count - position >= count else { throw CacheEntryError("the entry is cut short") }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    mutating func readInt64() throws -> Int64 { Int64(bitPattern: try number(8)) }

    mutating func readUInt16() throws -> Int { Int(try number(2)) }

    mutating func readText() throws -> String {
        let length = Int(try number(4))
        guard let text = String(validating: try read(count: length), as: UTF8.self) else {
            throw CacheEntryError("the entry has a text that is not UTF-8")
        }
        return text
    }

    func rest() -> [UInt8] { Array(bytes[position...]) }

    private mutating func number(_ count: Int) throws -> UInt64 {
        try read(count: count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
