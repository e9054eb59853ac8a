// SPDX-License-Identifier: Apache-2.0

import BenchmarkSupport
import Testing

@Suite("Generated traces")
struct TracePartTests {
    @Test func `a part is parsed by its kind`() throws {
        #expect(try TracePart("zipf:0.9:5") == .zipf(exponent: 0.9, seed: 5))
        #expect(try TracePart("loop:3:7") == .loop(keys: 3, requests: 7))
        #expect(try TracePart("zipf.trace.gz") == .file("zipf.trace.gz"))
    }

    @Test(arguments: ["zipf:", "zipf:-1", "zipf:1:x", "zipf:1:2:3", "loop:5", "loop:0:5", "loop:5:0", "loop:1:2:3"])
    func `a text that is no part is refused`(text: String) throws {
        let error = try #require(throws: BenchmarkError.self) { try TracePart(text) }
        #expect(error.message.hasPrefix("\"\(text)\" is not accepted: it is "))
    }

    @Test func `a loop continues with its first key`() throws {
        #expect(try keys(of: "loop:3:7") == ["0", "1", "2", "0", "1", "2", "0"].map { "100000\($0)" })
    }

    @Test func `a file gives its keys in order`() throws {
        let scratch = try Scratch()
        #expect(try keys(of: scratch.write("x\ny\nx\n", to: "keys")) == ["x", "y", "x"])
    }

    @Test func `ranks follow Zipf's law and the seed`() throws {
        let draws = 50_000
        let first = try beginning(of: "zipf:1", count: draws)
        // Rank r of 100,000 is drawn 1 / (r * H(100,000)) of the time, and H(100,000) is 12.09.
        for (rank, tolerance) in [(1, 0.004), (10, 0.002)] {
            let share = Double(first.count { $0 == "\(rank - 1)" }) / Double(draws)
            #expect(abs(share - 1 / (Double(rank) * 12.09)) < tolerance)
        }
        #expect(try beginning(of: "zipf:1", count: 100) == Array(first.prefix(100)))
        #expect(try beginning(of: "zipf:1:1", count: 100) != Array(first.prefix(100)))
    }

    /// Returns the first keys of a part that is too long for a test.
    private func beginning(of part: String, count: Int) throws -> [String] {
        struct Enough: Error {}
        var keys: [String] = []
        do {
            try TracePart(part).forEachKey { key in
                guard keys.count < count else { throw Enough() }
                keys.append(key)
            }
        } catch is Enough {}
        return keys
    }

    private func keys(of part: String) throws -> [String] {
        var keys: [String] = []
        try TracePart(part).forEachKey { keys.append($0) }
        return keys
    }
}
