// SPDX-License-Identifier: Apache-2.0

import AllocationCounter
import BenchmarkSupport
import Caching

/// Compares the codecs: time, allocations and bytes of one value.
enum CodecsCommand: BenchmarkCommand {
    private static let calls = 20_000

    static let syntax = CommandSyntax(
        "codecs",
        help: """
            Usage: CachingBenchmarks codecs [ROUNDS]

            Measures encoding and decoding of a user of nine fields as CBOR and as JSON, on one thread. The codecs take
            turns in each of ROUNDS rounds, from 1 to 1000 (default: 7); ratios are within a round.
            """
    )

    private struct Row {
        let name: String
        let baseline: Int
        let run: (Int) throws -> Void
        var nanoseconds: [Double] = []
        var ratios: [Double] = []
    }

    static func run(_ arguments: CommandArguments) throws {
        let rounds = try rounds(arguments)
        let (json, cbor) = (CacheCodec<Customer>.json, CacheCodec<Customer>.cbor)
        let texts = try json.encode(.sample)
        let bytes = try cbor.encode(.sample)
        guard try json.decode(texts) == .sample, try cbor.decode(bytes) == .sample else {
            throw arguments.error("a codec does not decode the value that it encoded")
        }
        var rows = [
            Row(name: "JSON, encode (baseline)", baseline: 0) { try encode(json, $0) },
            Row(name: "CBOR, encode", baseline: 0) { try encode(cbor, $0) },
            Row(name: "JSON, decode (baseline)", baseline: 2) { try decode(json, texts, $0) },
            Row(name: "CBOR, decode", baseline: 2) { try decode(cbor, bytes, $0) },
        ]
        for round in 0...rounds {
            let times = try rows.map { row in
                let start = ContinuousClock.now
                try row.run(calls)
                return (ContinuousClock.now - start) / .nanoseconds(1) / Double(calls)
            }
            // The first round warms up.
            guard round > 0 else { continue }
            for index in rows.indices {
                rows[index].nanoseconds.append(times[index])
                rows[index].ratios.append(times[index] / times[rows[index].baseline])
            }
        }
        Output.line("| | ratio to the baseline (median) | range | ns (this run) | allocations | bytes |")
        Output.line("|---|---:|---:|---:|---:|---:|")
        for (row, size) in zip(rows, [texts.count, bytes.count, texts.count, bytes.count]) {
            Output.line(try line(row, size))
        }
    }

    private static func rounds(_ arguments: CommandArguments) throws -> Int {
        guard let text = arguments.values.first else { return 7 }
        guard arguments.values.count == 1, let rounds = Int(text), (1...1000).contains(rounds) else {
            let given = arguments.values.joined(separator: " ")
            throw arguments.error("\"\(given)\" is not accepted: ROUNDS is a whole number from 1 to 1000")
        }
        return rounds
    }

    private static func line(_ row: Row, _ size: Int) throws -> String {
        let ratios = Spread(row.ratios)
        let range = "\(Output.number(ratios.least, digits: 2)) .. \(Output.number(ratios.greatest, digits: 2))"
        let time = Output.number(Spread(row.nanoseconds).median, digits: 0)
        var allocated = "-"
        if allocation_counter_is_available() {
            let start = allocation_counter_count()
            try row.run(calls)
            allocated = Output.number(Double(allocation_counter_count() - start) / Double(calls), digits: 1)
        }
        let ratio = Output.number(ratios.median, digits: 2)
        return "| \(row.name) | \(ratio) | \(range) | \(time) | \(allocated) | \(size) |"
    }

    private static func encode(_ codec: CacheCodec<Customer>, _ calls: Int) throws {
        for _ in 0..<calls { _ = try codec.encode(.sample) }
    }

    private static func decode(_ codec: CacheCodec<Customer>, _ bytes: [UInt8], _ calls: Int) throws {
        for _ in 0..<calls { _ = try codec.decode(bytes) }
    }
}
