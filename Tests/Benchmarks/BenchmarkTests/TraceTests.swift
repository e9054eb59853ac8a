// SPDX-License-Identifier: Apache-2.0

import BenchmarkSupport
import Foundation
import Testing
import TraceFiles

@Suite("Traces")
struct TraceTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `a compressed file has the keys of its text`() throws {
        let keys = (0..<30_000).map { "key:\($0 % 700)" }
        for name in ["plain.txt", "packed.txt.gz"] {
            var writer = try TraceWriter(scratch.path(name))
            for key in keys { try writer.append(key) }
            try writer.finish()
        }
        #expect(scratch.files == ["packed.txt.gz", "plain.txt"])
        let packed = try Data(contentsOf: URL(filePath: scratch.path("packed.txt.gz")))
        #expect(packed.starts(with: [0x1F, 0x8B]))
        for name in ["plain.txt", "packed.txt.gz"] {
            let trace = try InternedTrace(path: scratch.path(name))
            #expect(trace.keys.count == 700)
            #expect(trace.requests.map { trace.keys[Int($0)] } == keys)
        }
    }

    @Test func `a key is the text of its line`() throws {
        let path = try scratch.write("b\r\n\na b\nb\n  \nlast", to: "keys")
        let trace = try InternedTrace(path: path)
        #expect(trace.keys == ["b", "a b", "last"])
        #expect(trace.requests == [0, 1, 0, 2])
    }

    /// Strings are equal when they are canonically equivalent, keys when they have the same bytes.
    @Test func `canonically equivalent keys are different keys`() {
        #expect(InternedTrace(["\u{E9}", "e\u{301}", "\u{E9}"]).requests == [0, 1, 0])
    }

    @Test func `lines end at the limit`() throws {
        var reader = try TraceReader(try scratch.write("1\n2\n3\n", to: "keys"))
        #expect(try reader.lines(limit: 2) == ["1", "2"])
    }

    @Test func `a trace has the name of its file without suffixes`() {
        #expect(InternedTrace.name(of: "folder/oltp.txt.gz") == "oltp")
        #expect(InternedTrace.name(of: "shop.trace.gz") == "shop")
        #expect(InternedTrace.name(of: "web12") == "web12")
        #expect(InternedTrace.name(of: "a.b.txt") == "a.b")
    }

    @Test func `a file that is no trace is refused`() throws {
        let missing = try #require(throws: TraceFileError.self) { try InternedTrace(path: scratch.path("none")) }
        #expect(missing.message.contains("there is no file"))
        let empty = try scratch.write("\n\n", to: "empty")
        #expect(throws: BenchmarkError.self) { try InternedTrace(path: empty) }
        let binary = try scratch.write("a\0b\n", to: "binary")
        let error = try #require(throws: TraceFileError.self) { try InternedTrace(path: binary) }
        #expect(error.message.contains("is not a text file"))
    }

    @Test func `sizes follow the last colon`() throws {
        let sizes = try TraceSizes("C:traces/oltp.gz:250,1000")
        #expect(sizes.path == "C:traces/oltp.gz")
        #expect(sizes.sizes == [250, 1000])
    }

    @Test(arguments: ["oltp.gz", "oltp.gz:", ":5", "oltp.gz:0", "oltp.gz:1,", "oltp.gz:-1", "oltp.gz:1k"])
    func `a text without sizes is refused`(text: String) throws {
        let error = try #require(throws: BenchmarkError.self) { try TraceSizes(text) }
        #expect(error.message.contains("\"\(text)\""))
        #expect(error.message.contains("is not accepted: it is"))
    }
}
