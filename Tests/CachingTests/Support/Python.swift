// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Python as a second opinion: what it computes owes nothing to this library.
enum Python {
    private static let executable = (ProcessInfo.processInfo.environment["PATH"] ?? "")
        .split(separator: ":")
        .map { URL(fileURLWithPath: String($0)).appendingPathComponent("python3") }
        .first { FileManager.default.isExecutableFile(atPath: $0.path) }

    static let isInstalled = executable != nil

    /// What a script prints, line by line.
    static func run(_ script: String) throws -> [String] {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = executable
        process.arguments = ["-c", script]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
