// SPDX-License-Identifier: Apache-2.0

import Foundation
import TraceFiles

/// The requested keys, in order.
struct Trace {
    let name: String
    let keys: [String]

    /// Whether the file has more requests than were read.
    let isCut: Bool

    /// Reads the trace that the options name, or the bundled one.
    ///
    /// - Throws: `TraceFileError` when the trace cannot be read, `DemoError` when it has no keys.
    init(_ options: DemoOptions) throws {
        let limit = options.requests ?? DemoOptions.defaultRequests
        let path: String
        if let given = options.tracePath {
            (path, name) = (given, given)
        } else if let bundled = Bundle.module.url(forResource: "shop.trace", withExtension: "gz") {
            (path, name) = (bundled.path, "a day in a shop (bundled)")
        } else {
            throw DemoError("the bundled trace is missing; rebuild, or name a file with --trace")
        }
        var reader = try TraceReader(path)
        // One line more than the limit shows whether the trace is longer.
        let lines = try reader.lines(limit: limit == .max ? limit : limit + 1)
        guard !lines.isEmpty else {
            throw DemoError("the trace \"\(path)\" has no keys: it should be a text file with one key a line")
        }
        keys = lines.count > limit ? Array(lines.prefix(limit)) : lines
        isCut = lines.count > limit
    }

    /// Writes keys to a file, one a line, compressed when its name ends in `.gz`.
    ///
    /// - Throws: `TraceFileError` when the file cannot be written.
    static func write(_ keys: [String], to path: String) throws {
        var writer = try TraceWriter(path)
        for key in keys { try writer.append(key) }
        try writer.finish()
    }
}
