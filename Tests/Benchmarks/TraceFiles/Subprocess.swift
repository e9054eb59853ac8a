// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A child process of a program in `PATH`, whose standard output is read.
package final class Subprocess {
    package let output: FileHandle
    private let process = Process()
    private let name: String
    private let errors = Pipe()

    /// Starts a program.
    ///
    /// - Throws: `TraceFileError` when the program cannot be started.
    package init(_ name: String, _ arguments: [String]) throws {
        self.name = name
        let pipe = Pipe()
        output = pipe.fileHandleForReading
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.standardOutput = pipe
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        do { try process.run() } catch { throw TraceFileError("cannot run \(name): \(error.localizedDescription)") }
    }

    /// Waits for the end of the program, after its output was read.
    ///
    /// - Throws: `TraceFileError` with the text of its standard error when the program failed.
    package func finish() throws {
        let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw TraceFileError("\(name) failed: \(message.trimmingCharacters(in: .whitespacesAndNewlines))")
        }
    }

    /// Ends the program before its output is read to the end.
    package func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    /// Runs a program to its end.
    ///
    /// - Throws: `TraceFileError` when the program fails.
    package static func run(_ name: String, _ arguments: [String]) throws {
        let subprocess = try Subprocess(name, arguments)
        _ = subprocess.output.readDataToEndOfFile()
        try subprocess.finish()
    }
}
