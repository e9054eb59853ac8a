// SPDX-License-Identifier: Apache-2.0

import BenchmarkSupport
import Caching

/// Measures the memory of an entry.
enum MemoryCommand: BenchmarkCommand {
    static let syntax = CommandSyntax(
        "memory",
        options: ["--entries"],
        help: """
            Usage: CachingBenchmarks memory [--entries N]

            Fills a memory backend of N entries, each with a lifetime, and prints a line: the number of entries kept, the
            bytes of resident memory for each, and the part of these without key and value. A key is a string of 12
            bytes without an allocation: 16 bytes. A value is an Int in the object of the backend, with the size of its
            allocation. The memory of the caller is not counted.

              --entries N  1,000 to 100,000,000 (default: 1,000,000); below 100,000 the figures are imprecise
            """
    )

    static func run(_ arguments: CommandArguments) throws {
        try arguments.expectNoValues()
        let entries = try arguments.count("--entries", default: 1_000_000, in: 1000...100_000_000)
        // One-time allocations happen before the first measurement.
        fill(MemoryBackend(capacity: .entries(1000)), keys(1000))
        let keys = keys(entries)
        let value = ResidentMemory.bytes(of: ValueBox(0, codec: .json))
        let backend = MemoryBackend(capacity: .entries(entries))
        let before = try ResidentMemory.bytes()
        fill(backend, keys)
        let after = try ResidentMemory.bytes()
        let each = withExtendedLifetime(keys) { Double(after - before) / Double(backend.count) }
        let above = each - Double(MemoryLayout<String>.size + value)
        Output.row("\(backend.count)", Output.number(each, digits: 1), Output.number(above, digits: 1))
    }

    private static func fill(_ backend: MemoryBackend, _ keys: [String]) {
        for (number, key) in keys.enumerated() { backend.insert(number, for: key, ttl: .seconds(3600)) }
    }

    /// Returns keys of 12 bytes.
    private static func keys(_ count: Int) -> [String] {
        (0..<count).map { number in
            let digits = String(number)
            return "key" + String(repeating: "0", count: 9 - digits.count) + digits
        }
    }
}
