// SPDX-License-Identifier: Apache-2.0

import BenchmarkSupport
import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("Charts")
struct ChartTests {
    private static let hitRatios = """
        optimum\tweb\t100\t60.00
        swift-caching\tweb\t100\t50.00
        swift-caching\tweb\t200\t70.00
        optimum\tweb\t200\t80.00
        swift-caching\tloop\t10\t20.00
        optimum\tloop\t10\t25.00

        """

    @Test func `each trace has the same weight in the mean`() throws {
        let table = try HitRatioTable(Self.hitRatios, name: "t.tsv")
        #expect(table.policies == ["optimum", "swift-caching"])
        #expect(table.traces == ["web", "loop"])
        #expect(table.mean("swift-caching", trace: "web") == 60)
        #expect(table.mean("swift-caching") == 40)
        #expect(table.mean("optimum") == 47.5)
    }

    @Test func `the median of several rounds counts`() throws {
        let table = try TimeTable("a\t1\t30\nb\t1\t5\na\t1\t10\na\t1\t11\na\t2\t7.5\t7\t8\n", name: "t.tsv")
        #expect(table.names == ["a", "b"])
        #expect(table.threads == [1, 2])
        #expect(table.nanoseconds("a", threads: 1) == 11)
        #expect(table.nanoseconds("a", threads: 2) == 7.5)
        #expect(table.nanoseconds("b", threads: 2) == nil)
    }

    @Test(arguments: [
        ("a\tweb\t1\n", "t.tsv:1: \"a\tweb\t1\" is not accepted"),
        ("a\tweb\t1\t5\na\tweb\t2\tx\n", "t.tsv:2: \"x\" is not a number"),
        ("a\tweb\t1\t101\n", "t.tsv:1: \"101\" is more than 100 percent"),
        ("a\tweb\t1\t5\na\tweb\t1\t6\n", "t.tsv:2: a has web 1 twice"),
        ("a\tweb\t1\t5\na\tweb\t2\t6\nb\tweb\t1\t7\n", "t.tsv: b has no line for web 2, and others have"),
        ("\n", "t.tsv is empty"),
    ])
    func whatIsWrongInATableIsSaid(text: String, beginning: String) throws {
        let error = try #require(throws: BenchmarkError.self) { try HitRatioTable(text, name: "t.tsv") }
        #expect(error.message.hasPrefix(beginning), "\(error.message)")
    }

    @Test func `a line without threads is refused`() {
        #expect(throws: BenchmarkError.self) { try TimeTable("a\tzero\t5\n", name: "t.tsv") }
        #expect(throws: BenchmarkError.self) { try TimeTable("a\t1\tnan\n", name: "t.tsv") }
    }

    @Test func `the mean is first and the optimum is last`() throws {
        let texts = try texts(in: BenchmarkCharts.hitRatio(HitRatioTable(Self.hitRatios, name: "t.tsv")))
        let legend = texts.filter { ["swift-caching", "optimum (Belady)"].contains($0) }
        #expect(legend == ["swift-caching", "optimum (Belady)"])
        #expect(
            texts.filter { ["web", "loop", "mean of all traces"].contains($0) } == [
                "mean of all traces", "web", "loop",
            ]
        )
        #expect(texts.contains("40.0"))
        #expect(texts.contains("47.5"))
        #expect(texts.contains { $0.contains("higher is better") })
    }

    @Test func `the fastest contestant is first`() throws {
        let table = try TimeTable(
            "Mutex<Dictionary>\t1\t90\nNSCache\t1\t800\nswift-caching\t1\t85.4\nswift-caching\t2\t50\n",
            name: "t.tsv"
        )
        let texts = try texts(in: BenchmarkCharts.getHit(table))
        let names = texts.filter { ["Mutex<Dictionary>", "NSCache", "swift-caching"].contains($0) }
        #expect(names == ["swift-caching", "Mutex<Dictionary>", "NSCache"])
        #expect(texts.contains("85"))
        #expect(texts.contains { $0.contains("lower is better") })
    }

    @Test func `the same table gives the same file`() throws {
        let table = try HitRatioTable(Self.hitRatios, name: "t.tsv")
        let first = BenchmarkCharts.hitRatio(table)
        for _ in 0..<5 { #expect(try BenchmarkCharts.hitRatio(HitRatioTable(Self.hitRatios, name: "t.tsv")) == first) }
    }

    @Test func `names are escaped`() throws {
        let name = "<a> & \"b\" \u{1}"
        let texts = try texts(in: BenchmarkCharts.getHit(TimeTable("\(name)\t1\t5\n", name: "t.tsv")))
        #expect(texts.contains("<a> & \"b\"  "))
    }

    /// Returns the contents of the `text` elements of a well-formed file, in order.
    private func texts(in svg: String) throws -> [String] {
        let collector = Collector()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = collector
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        return collector.texts
    }

    private final class Collector: NSObject, XMLParserDelegate {
        var texts: [String] = []
        private var isText = false

        func parser(
            _ parser: XMLParser,
            didStartElement name: String,
            namespaceURI: String?,
            qualifiedName: String?,
            attributes: [String: String]
        ) {
            isText = name == "text"
            if isText { texts.append("") }
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) {
            if isText { texts[texts.count - 1] += string }
        }

        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
            isText = false
        }
    }
}
