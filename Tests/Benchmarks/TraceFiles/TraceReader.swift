// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A reader of the lines of a text file, plain or compressed with gzip.
package struct TraceReader {
    private let path: String
    private let input: FileHandle
    private let gzip: Subprocess?

    /// Opens a file, whose compression is recognised by its first bytes and not by its name.
    ///
    /// - Throws: `TraceFileError` when the file is missing or cannot be read.
    package init(_ path: String) throws {
        let handle = try Self.open(path)
        self.path = path
        let magic = Array(try handle.read(upToCount: 2) ?? Data())
        if magic == [0x1F, 0x8B] {
            let gzip = try Subprocess("gzip", ["-dc", "--", path])
            (self.gzip, input) = (gzip, gzip.output)
        } else {
            try handle.seek(toOffset: 0)
            (gzip, input) = (nil, handle)
        }
    }

    /// Checks that a file can be read.
    ///
    /// - Throws: `TraceFileError` when the file is missing or cannot be read.
    package static func check(_ path: String) throws { try open(path).close() }

    /// Calls a closure with each line that is not empty, until the end of the file or until it returns false.
    ///
    /// - Throws: `TraceFileError` when the file is damaged or not a text.
    package mutating func forEachLine(_ body: (String) -> Bool) throws {
        var carried: [UInt8] = []
        while let chunk = try input.read(upToCount: 1 << 20), !chunk.isEmpty {
            guard !chunk.contains(0) else {
                throw TraceFileError("\"\(path)\" is not a text file; one key a line is needed, plain or gzip")
            }
            carried += chunk
            var start = 0
            while let end = carried[start...].firstIndex(of: UInt8(ascii: "\n")) {
                if let line = Self.line(carried[start..<end]), !body(line) {
                    gzip?.stop()
                    return
                }
                start = end + 1
            }
            carried.removeFirst(start)
        }
        try gzip?.finish()
        if let line = Self.line(carried[...]) { _ = body(line) }
    }

    /// Returns the first lines that are not empty.
    ///
    /// - Throws: `TraceFileError` when the file is damaged or not a text.
    package mutating func lines(limit: Int) throws -> [String] {
        var lines: [String] = []
        try forEachLine { line in
            lines.append(line)
            return lines.count < limit
        }
        return lines
    }

    private static func line(_ bytes: ArraySlice<UInt8>) -> String? {
        let line = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
        return line.allSatisfy { $0 == UInt8(ascii: " ") } ? nil : String(decoding: line, as: UTF8.self)
    }

    private static func open(_ path: String) throws -> FileHandle {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw TraceFileError(
                "there is no file \"\(path)\"; a text file with one key a line is needed, plain or gzip"
            )
        }
        guard !isDirectory.boolValue, let handle = FileHandle(forReadingAtPath: path) else {
            throw TraceFileError(
                "\"\(path)\" \(isDirectory.boolValue ? "is a directory" : "cannot be read"); a file is needed"
            )
        }
        return handle
    }
}
