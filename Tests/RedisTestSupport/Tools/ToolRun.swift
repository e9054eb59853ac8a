// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Runs of other programs with a timeout.
package enum ToolRun {
    /// The outcome of a run.
    package struct Result: Sendable {
        /// The exit code; 128 plus the signal for a program that was killed.
        package let status: Int32
        package let output: [UInt8]
        package let errors: [UInt8]

        package var outputText: String { String(decoding: output, as: UTF8.self) }
        package var errorText: String { String(decoding: errors, as: UTF8.self) }
    }

    /// The maximum number of bytes of output.
    private static let outputLimit = 64 << 20

    /// Returns the path of a program in `PATH`.
    package static func find(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":")
            .map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs a program with a path.
    package static func run(
        _ path: String,
        _ arguments: [String],
        input: [UInt8] = [],
        timeout: Duration = .seconds(30)
    ) async throws -> Result {
        try await Waiting.run { try runBlocking(path, arguments, input: input, timeout: timeout) }
    }

    static func runBlocking(
        _ path: String,
        _ arguments: [String],
        input: [UInt8] = [],
        timeout: Duration = .seconds(30)
    ) throws -> Result {
        let deadline = ContinuousClock.now + timeout
        var ends: [(ours: Int32, theirs: Int32)] = []
        defer { for end in ends where end.ours >= 0 { Sockets.close(end.ours) } }
        let process: ChildProcess
        do {
            defer { for end in ends { Sockets.close(end.theirs) } }
            for _ in 0..<3 {
                let (ours, theirs) = try Sockets.pair()
                // Programs expect blocking descriptors.
                Sockets.makeBlocking(theirs)
                ends.append((ours, theirs))
            }
            process = try ChildProcess(path, arguments, descriptors: ends.map(\.theirs))
        }
        defer { process.reap() }

        var rest = input[...]
        var texts: [[UInt8]] = [[], []]
        if rest.isEmpty { Sockets.endWriting(ends[0].ours) }
        while ends[1].ours >= 0 || ends[2].ours >= 0 {
            let left = deadline - ContinuousClock.now
            guard left > .zero else {
                throw TestSupportError(
                    "\(path) did not end within \(timeout): \(String(decoding: texts[1], as: UTF8.self))"
                )
            }
            var pollSet = PollSet()
            if !rest.isEmpty { pollSet.add(ends[0].ours, writing: true) }
            for end in ends[1...] where end.ours >= 0 { pollSet.add(end.ours, reading: true) }
            pollSet.wait(left)
            if !rest.isEmpty, pollSet.isWritable(ends[0].ours) || pollSet.isBroken(ends[0].ours) {
                switch Sockets.send(ends[0].ours, rest) {
                case .count(let count): rest = rest.dropFirst(count)
                case .nothingYet: break
                case .failed: rest = []
                }
                if rest.isEmpty { Sockets.endWriting(ends[0].ours) }
            }
            for number in 1...2 where ends[number].ours >= 0 {
                guard pollSet.isReadable(ends[number].ours) || pollSet.isBroken(ends[number].ours) else { continue }
                switch Sockets.receive(ends[number].ours) {
                case .bytes(let bytes): texts[number - 1] += bytes
                case .nothingYet: break
                case .end, .failed:
                    Sockets.close(ends[number].ours)
                    ends[number].ours = -1
                }
                guard texts[number - 1].count < outputLimit else {
                    throw TestSupportError("\(path) printed more than \(outputLimit) bytes")
                }
            }
        }
        guard process.waitForEnd(within: max(.zero, deadline - ContinuousClock.now)) else {
            throw TestSupportError("\(path) closed its output and did not end within \(timeout)")
        }
        return Result(status: process.reap(), output: texts[0], errors: texts[1])
    }
}
