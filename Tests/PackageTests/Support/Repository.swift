// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The files of this repository, located by the path of this source file.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The paths of README.md and of the guides, from the root of the repository.
    static let guides: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Documentation").path()))
        return ["README.md"] + (names ?? []).filter { $0.hasSuffix(".md") }.sorted().map { "Documentation/\($0)" }
    }()
}
