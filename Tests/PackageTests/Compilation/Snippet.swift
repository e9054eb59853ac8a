// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Source code that is typechecked against the library as it was just built.
struct Snippet: CustomTestStringConvertible, Sendable {
    let source: String

    var testDescription: String { source }

    /// Whether snippets can be checked here: a compiler, and the modules of this build beside the tests.
    static let canCheck = Tool("swiftc") != nil && BuildProducts.has("Modules/Caching.swiftmodule")

    /// Where the module is that the library has in C.
    private static let headers = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../Sources/CCaching/include").standardized

    /// What the compiler says.
    func check() throws -> Tool.Result {
        guard let swiftc = Tool("swiftc") else { throw CocoaError(.fileNoSuchFile) }
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appendingPathComponent("Snippet.swift")
        try Data(("import Caching\n\n" + source + "\n").utf8).write(to: file)
        let modules = ["-I", BuildProducts.modules.path, "-I", Self.headers.path]
        return try swiftc.run(["-typecheck", "-swift-version", "6"] + modules + [file.path])
    }
}
