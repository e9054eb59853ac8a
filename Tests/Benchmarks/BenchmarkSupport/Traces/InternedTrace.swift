// SPDX-License-Identifier: Apache-2.0

import Foundation
import TraceFiles

/// The requests of a trace as numbers, and the key of each number, so that each key is one string.
package struct InternedTrace: Sendable {
    package let keys: [String]
    package let requests: [Int32]

    /// Creates a trace of keys in memory.
    package init(_ lines: [String]) {
        var interner = Interner()
        for line in lines { interner.append(line) }
        (keys, requests) = (interner.keys, interner.requests)
    }

    /// Reads a trace to its end.
    ///
    /// - Throws: `TraceFileError` when the file cannot be read, `BenchmarkError` when it has no key.
    package init(path: String) throws {
        var interner = Interner()
        var reader = try TraceReader(path)
        try reader.forEachLine { line in
            interner.append(line)
            return true
        }
        guard !interner.requests.isEmpty else {
            throw BenchmarkError("\"\(path)\" has no keys; a text file with one key a line is needed, plain or gzip")
        }
        (keys, requests) = (interner.keys, interner.requests)
    }

    /// Returns the name of a trace: that of its file without `.gz`, `.txt` and `.trace`.
    package static func name(of path: String) -> String {
        var name = (path as NSString).lastPathComponent
        while let ending = [".gz", ".txt", ".trace"].first(where: { name.hasSuffix($0) && name != $0 }) {
            name.removeLast(ending.count)
        }
        return name
    }

    private struct Interner {
        var keys: [String] = []
        var requests: [Int32] = []
        private var numbers: [KeyBytes: Int32] = [:]

        mutating func append(_ key: String) {
            if let number = numbers[KeyBytes(key: key)] {
                requests.append(number)
            } else {
                let number = Int32(keys.count)
                numbers[KeyBytes(key: key)] = number
                keys.append(key)
                requests.append(number)
            }
        }
    }
}
