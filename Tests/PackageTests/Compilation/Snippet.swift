// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Source code that is typechecked against the library as it was just built.
struct Snippet: CustomTestStringConvertible, Sendable {
    let source: String

    var testDescription: String { source }

    /// Whether snippets can be checked here: a compiler, and the modules of this build in the directory of the tests.
    static let canCheck = Tool("swiftc") != nil && BuildProducts.has("Modules/Caching.swiftmodule")

    /// The folder of the C module that the library depends on.
    private static let headers = Repository.root.appending(path: "Sources/CCaching/include").path()

    /// Typechecks the source as a module that imports the library.
    func check() throws -> Tool.Result { try Self.check(["Snippet": "import Caching\n\n" + source + "\n"]) }

    /// Typechecks files, given by their names without the suffix, as one module.
    static func check(_ files: [String: String], options: [String] = []) throws -> Tool.Result {
        guard let swiftc = Tool("swiftc") else { throw CocoaError(.fileNoSuchFile) }
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let paths = try files.sorted { $0.key < $1.key }.map { name, text in
            let file = directory.appending(path: "\(name).swift")
            try Data(text.utf8).write(to: file)
            return file.path()
        }
        let modules = ["-I", BuildProducts.modules.path, "-I", headers] + pluginOptions(of: swiftc)
        return try swiftc.run(["-typecheck", "-swift-version", "6"] + options + modules + paths)
    }

    /// The options that find the macros of Testing in toolchains that keep them in a folder of their own.
    private static func pluginOptions(of swiftc: Tool) -> [String] {
        let toolchain = swiftc.url.resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
        let plugins = toolchain.appending(path: "lib/swift/host/plugins/testing").path()
        return FileManager.default.fileExists(atPath: plugins) ? ["-plugin-path", plugins] : []
    }
}
