// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A temporary folder that is removed when this object is freed.
final class Scratch: Sendable {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "swift-caching-\(UUID())")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appending(path: name).path() }

    /// Writes a file and returns its path.
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: folder.appending(path: name))
        return path(name)
    }

    var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()) ?? [] }
}
