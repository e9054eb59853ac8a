// SPDX-License-Identifier: Apache-2.0

import BenchmarkSupport
import Caching

/// How much memory an entry takes.
enum MemoryCommand: BenchmarkCommand {
    static let syntax = CommandSyntax(
        "memory",
        options: ["--entries"],
        help: """
            Usage: CachingBenchmarks memory [--entries N]

            Fills a memory backend of N entries, each with a lifetime, and prints a line: entries that it kept, bytes of
            resident memory for each, and how many of these are above key and value. A key is a string of 12 bytes, which
            has no allocation of its own: 16 bytes. A value is an Int in the object that the backend keeps it in, as large
            as the allocator makes it. What the caller has of both was there before.

              --entries N  1,000 to 100,000,000 (default: 1,000,000); less than 100,000 says little
            """
    )

    static func run(_ arguments: CommandArguments) throws {
        try arguments.expectNoValues()
        let entries = try arguments.count("--entries", default: 1_000_000, in: 1000...100_000_000)
        // Whatever is loaded or allocated once and for all is there before it counts.
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

    /// Keys of 12 bytes.
    private static func keys(_ count: Int) -> [String] {
        (0..<count).map { number in
            let digits = String(number)
            return "key" + String(repeating: "0", count: 9 - digits.count) + digits
        }
    }
}
