// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

struct DerivedKeyTests {
    private func key<each Argument: Encodable>(_ argument: repeat each Argument) throws -> String {
        try DerivedKey.key(function: "f", repeat each argument)
    }

    @Test func theKeyIsTheFunctionAndTheDigest() throws {
        let key = try key(1)
        #expect(key.hasPrefix("f:"))
        #expect(key.utf8.count == 2 + 32)
        #expect(try DerivedKey.key(function: "g", 1) != key)
    }

    @Test func boundariesBetweenArgumentsCount() throws {
        #expect(try key("a:b", "c") != key("a", "b:c"))
        #expect(try key("ab", "") != key("a", "b"))
        #expect(try key("a", "b") != key(["a", "b"]))
        #expect(try key(["a"], ["b"]) != key(["a", "b"], [String]()))
        #expect(try key("a") != key("a", ""))
        #expect(try key() != key(""))
        #expect(try key(1, 23) != key(12, 3))
    }

    @Test func theOrderOfArgumentsCounts() throws {
        #expect(try key(1, 2) != key(2, 1))
        #expect(try key([1, 2]) != key([2, 1]))
    }

    @Test func aNumberIsNotItsText() throws {
        #expect(try key(1) != key("1"))
        #expect(try key(true) != key(1))
        #expect(try key(true) != key("true"))
        #expect(try key(1) != key(1.0))
    }

    @Test func `nil differs from every text`() throws {
        #expect(try key(Int?.none) != key("nil"))
        #expect(try key(String?.none) != key(""))
        #expect(try key(String?.none) != key("null"))
        #expect(try key([Int]?.none) != key([Int]()))
        #expect(try key(Int?.none, 1) != key(1, Int?.none))
    }

    @Test func anOptionalThatHoldsNilIsNotNil() throws {
        let keys = try [key(Int??.none), key(Int??.some(nil)), key(Int??.some(1)), key(Int??.some(2))]
        #expect(Set(keys).count == 4)
        let deep = try [key(Int???.none), key(Int???.some(nil)), key(Int???.some(.some(nil))), key(Int???.some(1))]
        #expect(Set(deep).count == 4)
        #expect(try key([Int??.none]) != key([Int??.some(nil)]))
    }

    @Test func aPropertyThatHoldsNilIsNotNil() throws {
        struct Query: Encodable { let limit: Int?? }
        let keys = try [key(Query(limit: nil)), key(Query(limit: .some(nil))), key(Query(limit: 0))]
        #expect(Set(keys).count == 3)
    }

    @Test func setsAndDictionariesHaveNoOrder() throws {
        // Capacity changes the order of iteration.
        var roomy = Set<Int>(minimumCapacity: 1000)
        for number in (0..<50).reversed() { roomy.insert(number) }
        #expect(try key(roomy) == key(Set(0..<50)))
        var dictionary = [String: Int](minimumCapacity: 1000)
        for number in (0..<50).reversed() { dictionary["\(number)"] = number }
        #expect(try key(dictionary) == key(Dictionary(uniqueKeysWithValues: (0..<50).map { ("\($0)", $0) })))
        #expect(try key([Set([1, 2]), Set([3])]) != key([Set([1]), Set([2, 3])]))
        #expect(try key(Set([1])) != key([1]))
    }

    @Test func dictionariesMayHaveKeysThatAreNoTexts() throws {
        struct Point: Hashable, Encodable {
            let x: Int
            let y: Int
        }
        let forwards = Dictionary(uniqueKeysWithValues: (0..<20).map { (Point(x: $0, y: -$0), $0) })
        var backwards = [Point: Int](minimumCapacity: 500)
        for number in (0..<20).reversed() { backwards[Point(x: number, y: -number)] = number }
        #expect(try key(forwards) == key(backwards))
        #expect(try key([1: "a"]) != key(["1": "a"]))
        #expect(try key([Point(x: 1, y: 2): 3]) != key([Point(x: 2, y: 1): 3]))
    }

    @Test func keysAndValuesOfADictionaryAreNotMixedUp() throws {
        #expect(try key(["a": "b"]) != key(["b": "a"]))
        #expect(try key(["a": "b", "c": "d"]) != key(["a": "d", "c": "b"]))
    }

    @Test func equalNumbersGiveOneKey() throws {
        #expect(try key(-0.0) == key(0.0))
        #expect(try key(Float(-0.0)) == key(Float(0.0)))
        #expect(try key(Double.nan) == key(-Double.nan))
        #expect(try key(Double.nan) == key(Double.signalingNaN))
        #expect(try key(Double.infinity) != key(-Double.infinity))
        #expect(try key(0.1 + 0.2) != key(0.3))
        #expect(try key(UInt8(7)) == key(Int64(7)))
        #expect(try key(UInt64.max) != key(Int64(-1)))
    }
}
