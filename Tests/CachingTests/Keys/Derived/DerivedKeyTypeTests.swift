// SPDX-License-Identifier: Apache-2.0

import Caching
import Foundation
import Testing

/// Keys that are derived from typical types of arguments.
struct DerivedKeyTypeTests {
    private struct Range: Encodable {
        var from = 1
        var to = 2
    }

    private struct Query: Encodable {
        var text = "a"
        var range = Range()
        var tags: Set<String> = ["x", "y"]
    }

    private enum Sorting: Encodable {
        case none
        case by(field: String, ascending: Bool)
        case limit(Int)
    }

    private class Base: Encodable {
        let id: Int
        init(id: Int) { self.id = id }
    }

    /// A class that encodes its superclass under `super`, as synthesised code does.
    private final class Derived: Base {
        private enum CodingKeys: CodingKey { case name }
        let name: String
        init(id: Int, name: String) {
            self.name = name
            super.init(id: id)
        }

        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(name, forKey: .name)
            try super.encode(to: container.superEncoder())
        }
    }

    private final class Node: Encodable {
        var children: [Node] = []
        var next: Node?
    }

    private struct Unencodable: Encodable {
        struct Refusal: Error {}
        func encode(to encoder: any Encoder) throws { throw Refusal() }
    }

    private func key<Argument: Encodable>(_ argument: Argument) throws -> String {
        try DerivedKey.key(function: "f", argument)
    }

    @Test func everyPropertyOfANestedStructCounts() throws {
        var keys = [try key(Query())]
        keys.append(try key(Query(text: "b")))
        keys.append(try key(Query(range: Range(from: 2, to: 2))))
        keys.append(try key(Query(range: Range(from: 1, to: 1))))
        keys.append(try key(Query(tags: ["x"])))
        #expect(Set(keys).count == keys.count)
        #expect(try key(Query()) == keys[0])
    }

    @Test func whatIsInsideACollectionOrAWrapperCounts() throws {
        struct Wrapper: Encodable {
            let range: Range
            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                try container.encode(range)
            }
        }
        let (one, two) = (Range(from: 1, to: 1), Range(from: 2, to: 2))
        #expect(try key([one]) != key([two]))
        #expect(try key(["a": one]) != key(["a": two]))
        #expect(try key([["a": 1]]) != key([["a": 2]]))
        #expect(try key([[1]]) != key([[2]]))
        #expect(try key(Wrapper(range: one)) != key(Wrapper(range: two)))
        #expect(try key(Range?.some(one)) != key(Range?.some(two)))
    }

    @Test func casesAndPayloadsOfAnEnumCount() throws {
        let cases: [Sorting] = [
            .none, .by(field: "a", ascending: true), .by(field: "a", ascending: false),
            .by(field: "b", ascending: true),
            .limit(1), .limit(2),
        ]
        #expect(try Set(cases.map(key)).count == cases.count)
    }

    @Test func `inherited properties are part of the key`() throws {
        let keys = [
            try key(Derived(id: 1, name: "a")), try key(Derived(id: 2, name: "a")), try key(Derived(id: 1, name: "b")),
            try key(Base(id: 1)),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(try key(Derived(id: 1, name: "a")) == keys[0])
    }

    @Test func typesOfFoundationGiveKeys() throws {
        let url = try #require(URL(string: "https://example.com/a?b=c"))
        #expect(try key(url) != key(url.appendingPathComponent("x")))
        let date = Date(timeIntervalSince1970: 0)
        #expect(try key(date) == key(Date(timeIntervalSince1970: 0)))
        #expect(try key(date) != key(date.addingTimeInterval(0.001)))
        #expect(try key(Data([1, 2])) != key(Data([2, 1])))
        let id = UUID()
        #expect(try key(id) == key(id))
        #expect(try key(Decimal(1)) != key(Decimal(2)))
    }

    @Test func aGraphThatContainsItselfEndsWithAClearError() throws {
        let cycle = Node()
        cycle.next = cycle
        let error = try #require(throws: CacheError.self) { try key(cycle) }
        #expect("\(error)".contains("nested deeper than 64 levels"))
        cycle.next = nil
        cycle.children = [Node(), cycle, cycle]
        #expect(throws: CacheError.self) { try key(cycle) }
        cycle.children = []
    }

    @Test func aValueThatDoesNotEncodeIsAnErrorOfTheCache() throws {
        let error = try #require(throws: CacheError.self) { try key(Unencodable()) }
        guard case .argumentsNotEncodable(let reason) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(reason.contains("Refusal"))
    }

    @Test func aDeepButFiniteValueGivesAKey() throws {
        let top = Node()
        var node = top
        for _ in 0..<50 {
            let next = Node()
            node.next = next
            node = next
        }
        #expect(try key(top).utf8.count == 34)
    }
}
