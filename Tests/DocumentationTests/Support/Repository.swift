// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The files of this repository, found from where this file was compiled.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The paths of the files in a folder whose names end in a suffix, from the root of the repository, sorted.
    static func files(in folder: String, suffix: String, isRecursive: Bool = true) -> [String] {
        let path = root.appending(path: folder).path()
        let names =
            isRecursive
            ? FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
            : (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted().map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
    }

    /// README and its neighbours, and the guides.
    static func documents() throws -> [MarkdownDocument] {
        try (files(in: "", suffix: ".md", isRecursive: false) + files(in: "Documentation", suffix: ".md"))
            .map { MarkdownDocument(path: $0, text: try text($0)) }
    }

    static func document(_ path: String) throws -> MarkdownDocument {
        MarkdownDocument(path: path, text: try text(path))
    }
}
