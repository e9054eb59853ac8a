// SPDX-License-Identifier: Apache-2.0

/// The envelope around an entry's bytes, format 2; Documentation/WritingABackend.md has the layout byte by byte.
///
/// Numbers are little-endian, a text is its length as u32 and its UTF-8, `Int64.max` stands for "never". The key is
/// in it so that an entry in the wrong file or slot is a miss instead of a wrong value.
extension CacheEntry {
    private static let magic: UInt16 = 0x4353
    private static let format: UInt8 = 2
    /// The checksum covers everything from here on.
    private static let checkedFrom = 7
    /// Magic to load duration, the three lengths and the number of tags.
    private static let smallest = 45 + 4 + 2 + 4
    /// The flags that this version does not know and must not ignore: compression, and the upper four.
    private static let flagsToRefuse: UInt8 = 0xF1
    /// 250 years, so that times in microseconds and nanoseconds can be added and subtracted without overflow.
    private static let latest: Int64 = 250 * 31_557_600_000_000

    /// Returns the entry as bytes, to be stored under a key.
    ///
    /// - Parameter key: The key the entry is stored under.
    /// - Returns: The envelope with the value's bytes in it.
    /// - Throws: The error of the codec; ``CacheEntryError`` when the entry has more than 65,535 tags or times
    ///   that are out of order or more than 250 years away from 1970.
    /// - Complexity: O(size of the value).
    public func encoded(for key: String) throws -> [UInt8] { try encoded(for: key, preferring: value.codecID) }

    /// Returns the entry as bytes, with its value in the preferred format if its codec has that.
    package func encoded(for key: String, preferring format: UInt8) throws -> [UInt8] {
        guard tags.count <= Int(UInt16.max) else {
            let reason = "the entry has \(tags.count) tags, and \(UInt16.max) are accepted"
            throw CacheEntryError(reason, kind: .unencodable)
        }
        if let reason = Self.objection(createdAt, freshUntil ?? .max, expiresAt ?? .max) {
            throw CacheEntryError(reason, kind: .unencodable)
        }
        let (bytes, codec) = try value.encoded(preferring: format)
        let texts = tags.reduce(key.utf8.count) { $0 + $1.utf8.count + 12 }
        let size = Self.smallest + texts + bytes.count
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            var writer = EnvelopeWriter(UnsafeMutableRawBufferPointer(buffer))
            write(key, bytes, codec, to: &writer)
            count = writer.position
        }
    }

    private func write(_ key: String, _ bytes: [UInt8], _ codec: UInt8, to writer: inout EnvelopeWriter) {
        writer.write(Self.magic)
        writer.write(Self.format)
        writer.write(UInt32(0))
        writer.write(codec)
        writer.write(UInt8(0))
        writer.write(value.typeTag)
        writer.write(createdAt)
        writer.write(freshUntil ?? .max)
        writer.write(expiresAt ?? .max)
        writer.write(Self.microseconds(loadDuration))
        writer.write(key)
        writer.write(UInt16(tags.count))
        for index in tags.indices {
            writer.write(tags[index])
            writer.write(index < tagStamps.count ? tagStamps[index] : 0)
        }
        writer.write(UInt32(0))
        writer.write(bytes)
        writer.writeChecksum(at: 3, from: Self.checkedFrom)
    }

    /// Creates an entry from its bytes.
    ///
    /// - Parameters:
    ///   - bytes: The bytes of ``encoded(for:)``.
    ///   - key: The key under which they were stored.
    /// - Throws: ``CacheEntryError``, whose ``CacheEntryError/kind`` distinguishes damaged bytes, another version and
    ///   another key.
    /// - Complexity: O(size of the value).
    public init(encoded bytes: [UInt8], for key: String) throws {
        self = try bytes.withUnsafeBytes { try CacheEntry(envelope: $0, for: key) }
    }

    private init(envelope bytes: UnsafeRawBufferPointer, for key: String) throws(CacheEntryError) {
        var reader = EnvelopeReader(bytes)
        guard try reader.read(UInt16.self) == Self.magic else { throw CacheEntryError("the bytes are not an entry") }
        let format = try reader.read(UInt8.self)
        guard format == Self.format else {
            let reason = "the entry has the format \(format), and this version reads \(Self.format)"
            // An entry of an older version is replaced like any that cannot be read.
            throw CacheEntryError(reason, kind: format > Self.format ? .unknownFormat : .damaged)
        }
        guard try reader.read(UInt32.self) == CRC32.checksum(reader.rest) else {
            throw CacheEntryError("the checksum of the entry is wrong")
        }
        let codec = try reader.read(UInt8.self)
        let flags = try reader.read(UInt8.self)
        guard flags & Self.flagsToRefuse == 0 else {
            let reason = "the entry has the flags \(flags), not all of which this version knows"
            throw CacheEntryError(reason, kind: .unknownFormat)
        }
        let typeTag = try reader.read(UInt64.self)
        let createdAt = try reader.read(Int64.self)
        let freshUntil = try reader.read(Int64.self)
        let expiresAt = try reader.read(Int64.self)
        if let reason = Self.objection(createdAt, freshUntil, expiresAt) { throw CacheEntryError(reason) }
        let microseconds = try reader.read(UInt32.self)
        try reader.expect(key)
        let (tags, stamps) = try reader.readTags()
        // An extension of a later version, which this version skips.
        _ = try reader.readBytes(count: Int(clamping: reader.read(UInt32.self)))
        self.init(
            value: EncodedValue([UInt8](reader.rest), codecID: codec, typeTag: typeTag),
            createdAt: createdAt,
            freshUntil: freshUntil == .max ? nil : freshUntil,
            expiresAt: expiresAt == .max ? nil : expiresAt,
            tags: tags,
            tagStamps: stamps,
            loadDuration: microseconds == 0 ? nil : .microseconds(Int64(microseconds))
        )
    }

    /// Returns the problem with the times of an entry; nil when they are valid.
    private static func objection(_ createdAt: Int64, _ freshUntil: Int64, _ expiresAt: Int64) -> String? {
        guard (0...latest).contains(createdAt) else {
            return "the entry was made at \(createdAt), and 0 to \(latest) are accepted"
        }
        for time in [freshUntil, expiresAt] where time != .max && !(-latest...latest).contains(time) {
            return "the entry has the time \(time), and -\(latest) to \(latest) are accepted"
        }
        guard freshUntil <= expiresAt else { return "the entry is fresh until \(freshUntil) and gone at \(expiresAt)" }
        return nil
    }

    /// Returns the duration of a load as it is stored: at least one microsecond, because zero stands for "not known".
    private static func microseconds(_ duration: Duration?) -> UInt32 {
        guard let duration, duration > .zero else { return 0 }
        let (seconds, attoseconds) = duration.components
        guard seconds < 4294 else { return .max }
        return UInt32(max(1, seconds * 1_000_000 + attoseconds / 1_000_000_000_000))
    }
}
