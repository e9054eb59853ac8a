// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A writer of keys to a file, one a line, compressed with gzip when its name ends in `.gz`.
///
/// The file appears under its name when it is complete: ``finish()`` renames it.
package struct TraceWriter: ~Copyable {
    private let path: String
    private let scratch: String
    private let output: FileHandle
    private var buffer: [UInt8] = []

    /// Starts a file.
    ///
    /// - Throws: `TraceFileError` when the file cannot be written.
    package init(_ path: String) throws {
        self.path = path
        scratch = path + ".partial"
        guard FileManager.default.createFile(atPath: scratch, contents: nil),
            let output = FileHandle(forWritingAtPath: scratch)
        else { throw TraceFileError("cannot write \"\(path)\"; a path in a folder that exists is needed") }
        self.output = output
    }

    deinit { try? FileManager.default.removeItem(atPath: scratch) }

    /// Adds a key.
    ///
    /// - Throws: An error of the file system, for example when the disk is full.
    package mutating func append(_ key: String) throws {
        buffer.append(contentsOf: key.utf8)
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= 1 << 20 { try flush() }
    }

    /// Completes the file, and replaces an older one of the same name.
    ///
    /// - Throws: `TraceFileError` when the file cannot be completed.
    package consuming func finish() throws {
        try flush()
        try output.close()
        var complete = scratch
        if path.hasSuffix(".gz") {
            // -n omits name and time, so that the same trace gives the same file.
            try Subprocess.run("gzip", ["-9nf", "--", scratch])
            complete += ".gz"
        }
        guard rename(complete, path) == 0 else {
            throw TraceFileError("cannot write \"\(path)\": \(String(cString: strerror(errno)))")
        }
    }

    private mutating func flush() throws {
        try output.write(contentsOf: buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
