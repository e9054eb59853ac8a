// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The virtual environment with the packages of Tests/requirements.txt, which Tests/run creates.
package enum PythonPackages {
    /// The directory of this package, where Package.swift is.
    package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    static let directory = "\(root)/.build/python"

    /// The interpreter of the environment.
    package static let executable = "\(directory)/bin/python3"

    /// Whether Tests/run has created the environment.
    package static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: executable) }

    /// Runs a script, and returns the lines of its standard output.
    ///
    /// - Parameters:
    ///   - script: The source code of the script.
    ///   - arguments: The arguments, `sys.argv[1:]`.
    ///   - input: The standard input.
    ///   - timeout: The timeout of the run.
    /// - Returns: The lines, without line breaks.
    /// - Throws: ``TestSupportError`` with the standard error of a failed script.
    package static func run(
        _ script: String,
        _ arguments: [String] = [],
        input: [UInt8] = [],
        timeout: Duration = .seconds(30)
    ) async throws -> [String] {
        guard isAvailable else { throw TestSupportError("there is no \(executable); Tests/run creates it") }
        let result = try await ToolRun.run(executable, ["-c", script] + arguments, input: input, timeout: timeout)
        guard result.status == 0 else {
            throw TestSupportError("Python ended with \(result.status): \(result.errorText)")
        }
        var lines = result.outputText.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        return lines.map(String.init)
    }
}
