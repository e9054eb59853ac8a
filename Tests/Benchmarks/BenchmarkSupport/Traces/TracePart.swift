// SPDX-License-Identifier: Apache-2.0

import TraceFiles

/// A part of a generated trace: keys drawn by Zipf's law, a loop, or the contents of a file.
package enum TracePart: Sendable, Equatable {
    case zipf(exponent: Double, seed: UInt64)
    case loop(keys: Int, requests: Int)
    case file(String)

    private static let zipfRanks = 100_000
    private static let zipfRequests = 2_000_000
    private static let defaultSeed: UInt64 = 2026

    /// The first key of a loop, above the keys that Zipf's law is drawn from.
    private static let firstLoopKey = 1_000_000

    /// Parses `zipf:ALPHA[:SEED]`, `loop:N:COUNT`, or the path of a file.
    ///
    /// - Throws: `BenchmarkError` for numbers that are not accepted.
    package init(_ text: String) throws {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch parts[0] {
        case "zipf" where parts.count > 1:
            guard parts.count <= 3, let exponent = Double(parts[1]), (0...10).contains(exponent),
                let seed = parts.count == 3 ? UInt64(parts[2]) : Self.defaultSeed
            else {
                throw BenchmarkError(
                    "\"\(text)\" is not accepted: it is zipf:ALPHA[:SEED], ALPHA from 0 to 10, such as zipf:0.9"
                )
            }
            self = .zipf(exponent: exponent, seed: seed)
        case "loop" where parts.count > 1:
            guard parts.count == 3, let keys = Int(parts[1]), let requests = Int(parts[2]),
                (1...100_000_000).contains(keys), (1...1_000_000_000).contains(requests)
            else {
                throw BenchmarkError(
                    "\"\(text)\" is not accepted: it is loop:N:COUNT, N keys repeated for COUNT requests, such as loop:1000:500000"
                )
            }
            self = .loop(keys: keys, requests: requests)
        default:
            self = .file(text)
        }
    }

    /// Checks the part before anything is written.
    ///
    /// - Throws: `TraceFileError` when the part is a file that cannot be read.
    package func check() throws {
        if case .file(let path) = self { try TraceReader.check(path) }
    }

    /// Calls a closure with each key, in order.
    ///
    /// - Throws: The error of the closure, and `TraceFileError` for a file.
    package func forEachKey(_ body: (String) throws -> Void) throws {
        switch self {
        case .zipf(let exponent, let seed):
            let table = ZipfTable(count: Self.zipfRanks, exponent: exponent)
            var random = SplitMix64(seed: seed)
            for _ in 0..<Self.zipfRequests { try body(String(table.rank(random.unit()))) }
        case .loop(let keys, let requests):
            for request in 0..<requests { try body(String(Self.firstLoopKey + request % keys)) }
        case .file(let path):
            var reader = try TraceReader(path)
            var failure: (any Error)?
            try reader.forEachLine { line in
                do { try body(line) } catch { failure = error }
                return failure == nil
            }
            if let failure { throw failure }
        }
    }
}
