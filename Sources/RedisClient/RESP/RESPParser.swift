// SPDX-License-Identifier: Apache-2.0

/// An incremental parser of RESP2 and RESP3.
///
/// It accepts bytes in pieces of any size and examines each byte once. Memory grows with the bytes that arrive, not with
/// the lengths that headers announce. After an error, the parser must not be used again.
///
/// The protocol: https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md
package struct RESPParser {
    /// An aggregate that is not complete.
    private struct Frame {
        let kind: UInt8
        var missing: Int
        var elements: [RESPValue] = []
    }

    /// A string whose length is known and whose bytes have not all arrived.
    private struct PartialString {
        let kind: UInt8
        /// The length, including the line break after the string.
        let length: Int
        var bytes: [UInt8]
    }

    private let limits: RESPLimits
    private var line: [UInt8] = []
    private var string: PartialString?
    private var frames: [Frame] = []
    private var elements = 0

    package init(limits: RESPLimits = RESPLimits()) { self.limits = limits }

    /// Parses the next bytes of a connection.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - receive: A closure that receives each complete value.
    /// - Throws: ``RESPProtocolError``.
    package mutating func parse(
        _ bytes: UnsafeRawBufferPointer,
        _ receive: (RESPValue) -> Void
    ) throws(RESPProtocolError) {
        var rest = bytes
        while !rest.isEmpty {
            if string != nil {
                guard let (kind, content) = try takeString(&rest) else { return }
                try finish(
                    try content.withValue { bytes throws(RESPProtocolError) in try Self.value(kind, bytes) },
                    receive
                )
            } else {
                guard let content = try takeLine(&rest) else { return }
                try content.withValue { bytes throws(RESPProtocolError) in try parse(line: bytes, &rest, receive) }
            }
        }
    }

    // MARK: Lines

    /// Bytes of the input, or bytes that were collected from several inputs.
    private enum Content {
        case whole(UnsafeRawBufferPointer)
        case collected([UInt8])

        func withValue<Result>(
            _ body: (UnsafeRawBufferPointer) throws(RESPProtocolError) -> Result
        ) throws(RESPProtocolError) -> Result {
            switch self {
            case .whole(let bytes): return try body(bytes)
            case .collected(let bytes):
                let outcome: Swift.Result<Result, RESPProtocolError> = bytes.withUnsafeBytes { bytes in
                    do throws(RESPProtocolError) { return .success(try body(bytes)) } catch { return .failure(error) }
                }
                return try outcome.get()
            }
        }
    }

    /// Removes and returns a line without its line break; nil if its end has not arrived.
    private mutating func takeLine(_ rest: inout UnsafeRawBufferPointer) throws(RESPProtocolError) -> Content? {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
            guard line.count + rest.count <= limits.line else { throw tooLong() }
            line.append(contentsOf: rest)
            rest = UnsafeRawBufferPointer(start: nil, count: 0)
            return nil
        }
        let part = UnsafeRawBufferPointer(rebasing: rest[..<end])
        rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
        guard line.count + part.count <= limits.line else { throw tooLong() }
        guard line.isEmpty else {
            line.append(contentsOf: part)
            guard line.popLast() == UInt8(ascii: "\r") else { throw Self.badBreak }
            defer { line = [] }
            return .collected(line)
        }
        guard part.last == UInt8(ascii: "\r") else { throw Self.badBreak }
        return .whole(UnsafeRawBufferPointer(rebasing: part.dropLast()))
    }

    private static let badBreak = RESPProtocolError("a line does not end with CR and LF")

    private func tooLong() -> RESPProtocolError {
        RESPProtocolError("a line has more than \(limits.line) bytes")
    }

    private mutating func parse(
        line: UnsafeRawBufferPointer,
        _ rest: inout UnsafeRawBufferPointer,
        _ receive: (RESPValue) -> Void
    ) throws(RESPProtocolError) {
        guard let kind = line.first else { throw RESPProtocolError("a line is empty") }
        let content = UnsafeRawBufferPointer(rebasing: line.dropFirst())
        switch kind {
        case UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "!"):
            guard let length = try length(content, nullable: kind == UInt8(ascii: "$"), limits.string) else {
                return try finish(.null, receive)
            }
            // The fast path: all bytes have arrived.
            if rest.count >= length + 2 {
                let bytes = UnsafeRawBufferPointer(rebasing: rest[..<(length + 2)])
                rest = UnsafeRawBufferPointer(rebasing: rest[(length + 2)...])
                return try finish(Self.value(kind, bytes), receive)
            }
            string = PartialString(kind: kind, length: length + 2, bytes: [])
        case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: ">"), UInt8(ascii: "%"), UInt8(ascii: "|"):
            let isMap = kind == UInt8(ascii: "%") || kind == UInt8(ascii: "|")
            guard kind != UInt8(ascii: ">") || frames.isEmpty else {
                throw RESPProtocolError("a push is within another value")
            }
            let limit = isMap ? limits.elements / 2 : limits.elements
            guard let count = try length(content, nullable: kind == UInt8(ascii: "*"), limit) else {
                return try finish(.null, receive)
            }
            guard frames.count < limits.depth else {
                throw RESPProtocolError("values are nested more than \(limits.depth) deep")
            }
            var frame = Frame(kind: kind, missing: isMap ? count * 2 : count)
            guard count == 0 else {
                // Enough for most replies. An announced length is not a reason to allocate.
                frame.elements.reserveCapacity(min(frame.missing, 16))
                return frames.append(frame)
            }
            try close(frame, receive)
        default:
            try finish(Self.scalar(kind, content), receive)
        }
    }

    /// Returns a length; nil for a null value.
    private func length(
        _ text: UnsafeRawBufferPointer,
        nullable: Bool,
        _ limit: Int
    ) throws(RESPProtocolError) -> Int? {
        guard let length = Self.integer(text) else { throw RESPProtocolError("a length is not a number") }
        if length == -1, nullable { return nil }
        guard length >= 0, length <= limit else {
            throw RESPProtocolError("a length is \(length), which is not in 0 to \(limit)")
        }
        return Int(length)
    }

    // MARK: Strings

    /// Removes available bytes of a string, and returns the string; nil if it is incomplete.
    private mutating func takeString(
        _ rest: inout UnsafeRawBufferPointer
    ) throws(RESPProtocolError) -> (kind: UInt8, Content)? {
        guard let (kind, length) = string.map({ ($0.kind, $0.length) }) else { return nil }
        let count = min(length - (string?.bytes.count ?? 0), rest.count)
        let part = UnsafeRawBufferPointer(rebasing: rest[..<count])
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        // Grows with the bytes that have arrived, not to the length that was announced.
        let size = (string?.bytes.count ?? 0) + count
        if let capacity = string?.bytes.capacity, capacity < size {
            string?.bytes.reserveCapacity(min(length, max(size, 2 * capacity, 1024)))
        }
        string?.bytes.append(contentsOf: part)
        guard size == length, let bytes = string?.bytes else { return nil }
        string = nil
        return (kind, .collected(bytes))
    }

    /// Returns the value of a string that is followed by its line break.
    private static func value(_ kind: UInt8, _ bytes: UnsafeRawBufferPointer) throws(RESPProtocolError) -> RESPValue {
        let content = UnsafeRawBufferPointer(rebasing: bytes.dropLast(2))
        guard bytes[content.count] == UInt8(ascii: "\r"), bytes[content.count + 1] == UInt8(ascii: "\n") else {
            throw RESPProtocolError("a string is longer than its length")
        }
        switch kind {
        case UInt8(ascii: "$"): return .bulk([UInt8](content))
        case UInt8(ascii: "!"): return .error(RedisServerError(String(decoding: content, as: UTF8.self)))
        default:
            guard content.count >= 4, content[3] == UInt8(ascii: ":") else {
                throw RESPProtocolError("a verbatim text does not begin with its format")
            }
            let format = String(decoding: content.prefix(3), as: UTF8.self)
            return .verbatim(format: format, [UInt8](content.dropFirst(4)))
        }
    }

    // MARK: Aggregates

    /// Adds a complete value to the innermost aggregate, or delivers it if there is none.
    private mutating func finish(_ value: RESPValue, _ receive: (RESPValue) -> Void) throws(RESPProtocolError) {
        guard !frames.isEmpty else {
            elements = 0
            return receive(value)
        }
        elements += 1
        guard elements <= limits.elements else {
            throw RESPProtocolError("a reply has more than \(limits.elements) elements")
        }
        let last = frames.count - 1
        frames[last].elements.append(value)
        frames[last].missing -= 1
        guard frames[last].missing == 0, let frame = frames.popLast() else { return }
        try close(frame, receive)
    }

    private mutating func close(_ frame: Frame, _ receive: (RESPValue) -> Void) throws(RESPProtocolError) {
        switch frame.kind {
        case UInt8(ascii: "*"): try finish(.array(frame.elements), receive)
        case UInt8(ascii: "~"): try finish(.set(frame.elements), receive)
        case UInt8(ascii: "%"): try finish(.map(frame.elements), receive)
        case UInt8(ascii: ">"): try finish(.push(frame.elements), receive)
        // Attributes annotate the value after them; the client uses none.
        default:
            elements += 1
            guard elements <= limits.elements else {
                throw RESPProtocolError("a reply has more than \(limits.elements) elements")
            }
        }
    }
}
