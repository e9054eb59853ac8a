// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Python as a second opinion: what it computes owes nothing to this library.
struct Python: Sendable {
    private static let executable = (ProcessInfo.processInfo.environment["PATH"] ?? "")
        .split(separator: ":")
        .map { URL(fileURLWithPath: String($0)).appendingPathComponent("python3") }
        .first { FileManager.default.isExecutableFile(atPath: $0.path) }

    static let isInstalled = executable != nil

    /// The Python with the packages that some tests need.
    static let withPackages = Python(
        executable: URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(".build/python/bin/python3")
    )

    /// Whether tests with packages run: they fail without them where everything must be tested, and are skipped
    /// elsewhere.
    static let hasPackagesOrMust =
        FileManager.default.isExecutableFile(atPath: withPackages.executable.path)
        || ProcessInfo.processInfo.environment["CI"] == "true"

    /// The way to get the packages.
    static let packagesHint: Comment =
        "python3 -m venv .build/python && .build/python/bin/pip install cbor2, in the root of the package"

    /// What a script prints, line by line.
    static func run(_ script: String) throws -> [String] {
        guard let executable else { throw Missing(path: "python3") }
        return try Python(executable: executable).run(script)
    }

    let executable: URL

    private struct Missing: Error { let path: String }
    private struct Failure: Error { let status: Int32 }

    /// Returns the lines that a script prints; it may read the input, which it must have read when it begins to print.
    func run(_ script: String, input: String = "") throws -> [String] {
        guard FileManager.default.isExecutableFile(atPath: executable.path) else {
            throw Missing(path: executable.path)
        }
        let process = Process()
        let (output, source) = (Pipe(), Pipe())
        process.executableURL = executable
        process.arguments = ["-c", script]
        process.standardInput = source
        process.standardOutput = output
        try process.run()
        try source.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try source.fileHandleForWriting.close()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
