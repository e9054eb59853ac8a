// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A new private directory, which its owner removes.
struct TemporaryDirectory: Sendable {
    let path: String

    init(_ name: String) throws {
        // The path of a Unix domain socket must be short, and that of the temporary directory may be long.
        let base = FileManager.default.temporaryDirectory.path
        let parent = base.utf8.count < Sockets.longestPath / 2 ? base : "/tmp"
        path = "\(parent)/\(name)-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
