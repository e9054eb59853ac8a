// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

struct NestedOptionalTests {
    private func isSame<Value: Codable & Sendable & Equatable>(_ value: Value, json: String) throws -> Bool {
        let codec = CacheCodec<Value>.json
        let bytes = try codec.encode(value)
        #expect(String(decoding: bytes, as: UTF8.self) == json)
        return try codec.decode(bytes) == value
    }

    @Test func `an optional in an optional is an array of at most one element`() throws {
        #expect(try isSame(Int??.none, json: "null"))
        #expect(try isSame(Int??.some(nil), json: "[null]"))
        #expect(try isSame(Int??.some(5), json: "[5]"))
    }

    @Test func eachFurtherLevelIsAnArrayOfItsOwn() throws {
        #expect(try isSame(Int???.none, json: "null"))
        #expect(try isSame(Int???.some(nil), json: "[null]"))
        #expect(try isSame(Int???.some(.some(nil)), json: "[[null]]"))
        #expect(try isSame(Int???.some(.some(5)), json: "[[5]]"))
    }

    @Test func optionalsOfOptionalStructsSurvive() throws {
        let ada = Person(name: "Ada", nickname: nil)
        #expect(try isSame(Person??.none, json: "null"))
        #expect(try isSame(Person??.some(nil), json: "[null]"))
        #expect(try isSame(Person??.some(ada), json: #"[{"name":"Ada"}]"#))
        #expect(try isSame([Int?]??.some(nil), json: "[null]"))
        #expect(try isSame([Int?]??.some([nil]), json: "[[null]]"))
        #expect(try isSame(String??.some("a"), json: #"["a"]"#))
    }

    @Test func `a value that is not nested has its own encoding`() throws {
        #expect(try isSame(5, json: "5"))
        #expect(try isSame(Int?.none, json: "null"))
        #expect(try isSame(Int?.some(5), json: "5"))
        #expect(try isSame([Int?.none, 5], json: "[null,5]"))
        #expect(try isSame(["b": 1, "a": 2], json: #"{"a":2,"b":1}"#))
        #expect(try isSame(Person(name: "Ada", nickname: "A"), json: #"{"name":"Ada","nickname":"A"}"#))
        #expect(try isSame(Double.infinity, json: #""Infinity""#))
        #expect(try isSame(Person?.none, json: "null"))
    }

    @Test(arguments: ["[]", "[1,2]", "5", "{}"])
    func anotherFormIsNotRead(json: String) {
        #expect(throws: (any Error).self) { try CacheCodec<Int??>.json.decode(Array(json.utf8)) }
    }
}
