// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Reads lines from a text file, plain or compressed with gzip.
struct TraceReader {
    private let path: String
    private let input: FileHandle
    private let gzip: Subprocess?

    /// Opens a file; how it is compressed is told by its first bytes, not by its name.
    ///
    /// - Throws: `DemoError` when it is not there or not a text.
    init(_ path: String) throws {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw DemoError(
                "there is no file \"\(path)\"; --trace takes a text file with one key a line, plain or gzip"
            )
        }
        guard !isDirectory.boolValue, let handle = FileHandle(forReadingAtPath: path) else {
            throw DemoError(
                "\"\(path)\" \(isDirectory.boolValue ? "is a directory" : "cannot be read"); a file is needed"
            )
        }
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

    /// The first lines that are not empty.
    ///
    /// - Throws: `DemoError` when the file is damaged or not a text.
    mutating func lines(limit: Int) throws -> [String] {
        var lines: [String] = []
        var carried: [UInt8] = []
        while lines.count < limit {
            guard let chunk = try input.read(upToCount: 1 << 20), !chunk.isEmpty else {
                try gzip?.finish()
                Self.append(carried[...], to: &lines)
                return lines
            }
            guard !chunk.contains(0) else {
                throw DemoError("\"\(path)\" is not a text file; one key a line is needed, plain or gzip")
            }
            carried += chunk
            var start = 0
            while lines.count < limit, let end = carried[start...].firstIndex(of: UInt8(ascii: "\n")) {
                Self.append(carried[start..<end], to: &lines)
                start = end + 1
            }
            carried.removeFirst(start)
        }
        gzip?.stop()
        return lines
    }

    private static func append(_ bytes: ArraySlice<UInt8>, to lines: inout [String]) {
        let line = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
        if !line.allSatisfy({ $0 == UInt8(ascii: " ") }) { lines.append(String(decoding: line, as: UTF8.self)) }
    }
}
