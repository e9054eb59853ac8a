// SPDX-License-Identifier: Apache-2.0

/// An encoded command: an array of strings with the name and the arguments.
package struct RedisCommand: Sendable, Hashable {
    /// The bytes on the wire.
    package let bytes: [UInt8]

    /// Creates a command in one allocation.
    ///
    /// - Parameters:
    ///   - count: The number of words that `write` writes.
    ///   - write: A closure that writes the words. It is called twice, and must write the same words both times.
    /// - Complexity: O(*n*), where *n* is the number of bytes.
    package init(words count: Int, _ write: (inout CommandWriter) -> Void) {
        var measure = CommandWriter(nil)
        measure.begin(count)
        write(&measure)
        bytes = [UInt8](unsafeUninitializedCapacity: measure.size) { buffer, size in
            var writer = CommandWriter(UnsafeMutableRawBufferPointer(buffer))
            writer.begin(count)
            write(&writer)
            size = writer.size
        }
    }

    /// Creates a command from words.
    ///
    /// - Parameter words: The name and the arguments.
    package init(_ words: [RedisArgument]) {
        self.init(words: words.count) { writer in
            for word in words {
                switch word {
                case .text(let text): writer.write(text)
                case .bytes(let bytes): writer.write(bytes)
                case .integer(let number): writer.write(number)
                }
            }
        }
    }

    package init(_ words: RedisArgument...) { self.init(words) }
}

/// A word of a command.
package enum RedisArgument: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case text(String)
    case bytes([UInt8])
    case integer(Int64)

    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
}

/// A writer that encodes the words of a command, or only counts their bytes.
package struct CommandWriter {
    private let buffer: UnsafeMutableRawBufferPointer?
    fileprivate private(set) var size = 0

    fileprivate init(_ buffer: UnsafeMutableRawBufferPointer?) { self.buffer = buffer }

    fileprivate mutating func begin(_ count: Int) { header(UInt8(ascii: "*"), count) }

    package mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in write(UnsafeRawBufferPointer(utf8)) }
    }

    package mutating func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { write($0) }
    }

    package mutating func write(_ number: Int64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            let start = Self.digits(of: number, in: digits)
            write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(digits)[start...]))
        }
    }

    private mutating func write(_ bytes: UnsafeRawBufferPointer) {
        header(UInt8(ascii: "$"), bytes.count)
        append(bytes)
        lineBreak()
    }

    private mutating func header(_ kind: UInt8, _ count: Int) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 21) { digits in
            let start = Self.digits(of: Int64(count), in: digits) - 1
            digits[start] = kind
            append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(digits)[start...]))
        }
        lineBreak()
    }

    /// Writes the digits of a number to the end of a buffer, and returns the position of the first digit.
    private static func digits(of number: Int64, in buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var position = buffer.count
        var rest = number.magnitude
        repeat {
            position -= 1
            buffer[position] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        if number < 0 {
            position -= 1
            buffer[position] = UInt8(ascii: "-")
        }
        return position
    }

    private mutating func lineBreak() {
        if let buffer {
            buffer[size] = UInt8(ascii: "\r")
            buffer[size + 1] = UInt8(ascii: "\n")
        }
        size += 2
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if let buffer { UnsafeMutableRawBufferPointer(rebasing: buffer[size...]).copyMemory(from: bytes) }
        size += bytes.count
    }
}
