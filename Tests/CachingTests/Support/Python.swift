// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A Python interpreter, whose results are independent of this library.
struct Python: Sendable {
    private static let executable = (ProcessInfo.processInfo.environment["PATH"] ?? "")
        .split(separator: ":")
        .map { URL(fileURLWithPath: String($0)).appendingPathComponent("python3") }
        .first { FileManager.default.isExecutableFile(atPath: $0.path) }

    static let isInstalled = executable != nil

    /// The interpreter with the packages that some tests need.
    static let withPackages = Python(
        executable: URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(".build/python/bin/python3")
    )

    /// Whether tests with packages run.
    ///
    /// Without the packages they fail if `CI` is set, and are skipped otherwise.
    static let hasPackagesOrMust =
        FileManager.default.isExecutableFile(atPath: withPackages.executable.path)
        || ProcessInfo.processInfo.environment["CI"] == "true"

    /// The command that installs the packages.
    static let packagesHint: Comment =
        "python3 -m venv .build/python && .build/python/bin/pip install cbor2, in the root of the package"

    /// Returns the lines that a script prints.
    static func run(_ script: String) throws -> [String] {
        guard let executable else { throw Missing(path: "python3") }
        return try Python(executable: executable).run(script)
    }

    let executable: URL

    private struct Missing: Error { let path: String }
    private struct Failure: Error { let status: Int32 }

    /// Returns the lines that a script prints.
    ///
    /// The script must have read its input before it begins to print.
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
