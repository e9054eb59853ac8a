// SPDX-License-Identifier: Apache-2.0

import Caching
import Foundation
import Testing

@Suite("The examples of RFC 8949, appendix A")
struct CBORVectorTests {
    @Test(arguments: [
        ("00", 0), ("01", 1), ("0a", 10), ("17", 23), ("1818", 24), ("1819", 25), ("1864", 100), ("1903e8", 1000),
        ("1a000f4240", 1_000_000), ("1b000000e8d4a51000", 1_000_000_000_000), ("20", -1), ("29", -10), ("3863", -100),
        ("3903e7", -1000),
    ])
    func integers(hex: String, value: Int) throws {
        #expect(try cborHex(value) == hex)
        #expect(try cborValue(Int.self, hex) == value)
    }

    @Test func integersThatOnlyLargerTypesHold() throws {
        #expect(try cborHex(UInt64.max) == "1bffffffffffffffff")
        #expect(try cborValue(UInt64.self, "1bffffffffffffffff") == .max)
        let least = -(Int128(1) << 64)
        #expect(try cborHex(least) == "3bffffffffffffffff")
        #expect(try cborValue(Int128.self, "3bffffffffffffffff") == least)
        #expect(try cborValue(Int128.self, "c249010000000000000000") == Int128(1) << 64)
        #expect(try cborValue(Int128.self, "c349010000000000000000") == least - 1)
        #expect(throws: DecodingError.self) { try cborValue(Int64.self, "3bffffffffffffffff") }
        #expect(throws: DecodingError.self) { try cborValue(Int64.self, "c249010000000000000000") }
    }

    @Test(arguments: [
        ("f90000", 0.0), ("f98000", -0.0), ("f93c00", 1.0), ("fb3ff199999999999a", 1.1), ("f93e00", 1.5),
        ("f97bff", 65504.0), ("fa47c35000", 100000.0), ("fa7f7fffff", 3.4028234663852886e+38),
        ("fb7e37e43c8800759c", 1.0e+300), ("f90001", 5.960464477539063e-8), ("f90400", 0.00006103515625),
        ("f9c400", -4.0), ("fbc010666666666666", -4.1), ("f97c00", .infinity), ("f9fc00", -.infinity),
    ])
    func floats(hex: String, value: Double) throws {
        #expect(try cborHex(value) == hex)
        let read = try cborValue(Double.self, hex)
        #expect(read == value && read.sign == value.sign)
    }

    @Test(arguments: ["fa7f800000", "fb7ff0000000000000"])
    func longFormsOfInfinity(hex: String) throws { #expect(try cborValue(Double.self, hex) == .infinity) }

    @Test(arguments: ["f97e00", "fa7fc00000", "fb7ff8000000000000"])
    func formsOfNotANumber(hex: String) throws {
        #expect(try cborValue(Double.self, hex).isNaN)
        #expect(try cborHex(cborValue(Double.self, hex)) == "f97e00")
        #expect(try cborHex(cborValue(Float.self, hex)) == "f97e00")
    }

    @Test func simpleValues() throws {
        #expect(try cborHex(false) == "f4" && cborHex(true) == "f5" && cborHex(Int?.none) == "f6")
        #expect(try cborValue(Bool.self, "f4") == false && cborValue(Bool.self, "f5"))
        #expect(try cborValue(Int?.self, "f6") == nil && cborValue(Int?.self, "f7") == nil)
        for hex in ["f0", "f8ff"] {
            #expect(throws: DecodingError.self) { try cborValue(Int?.self, hex) }
        }
    }

    @Test(arguments: [
        ("60", ""), ("6161", "a"), ("6449455446", "IETF"), ("62225c", "\"\\"), ("62c3bc", "\u{fc}"),
        ("63e6b0b4", "\u{6c34}"),
        ("64f0908591", "\u{10151}"),
    ])
    func texts(hex: String, value: String) throws {
        #expect(try cborHex(value) == hex)
        #expect(try cborValue(String.self, hex) == value)
    }

    @Test func byteStrings() throws {
        #expect(try cborHex(Data()) == "40" && cborHex(Data([1, 2, 3, 4])) == "4401020304")
        #expect(try cborValue(Data.self, "4401020304") == Data([1, 2, 3, 4]))
        #expect(try cborValue([UInt8].self, "4401020304") == [1, 2, 3, 4])
    }

    @Test func tags() throws {
        let date = Date(timeIntervalSince1970: 1_363_896_240)
        #expect(try cborValue(Date.self, "c074323031332d30332d32315432303a30343a30305a") == date)
        #expect(try cborValue(Date.self, "c11a514b67b0") == date)
        #expect(try cborHex(date) == "c11a514b67b0")
        #expect(try cborValue(Date.self, "c1fb41d452d9ec200000") == date + 0.5)
        #expect(try cborHex(date + 0.5) == "c1fb41d452d9ec200000")
        #expect(try cborValue(Data.self, "d74401020304") == Data([1, 2, 3, 4]))
        #expect(try cborValue(Data.self, "d818456449455446") == Data([0x64, 0x49, 0x45, 0x54, 0x46]))
        let url = "d82076687474703a2f2f7777772e6578616d706c652e636f6d"
        #expect(try cborValue(URL.self, url) == URL(string: "http://www.example.com"))
    }

    @Test(arguments: [
        ("80", #"[]"#), ("83010203", "[1,2,3]"), ("8301820203820405", "[1,[2,3],[4,5]]"),
        (
            "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
            "[\((1...25).map(String.init).joined(separator: ","))]"
        ),
        ("a0", "{}"), ("a26161016162820203", #"{"a":1,"b":[2,3]}"#), ("826161a161626163", #"["a",{"b":"c"}]"#),
        ("a56161614161626142616361436164614461656145", #"{"a":"A","b":"B","c":"C","d":"D","e":"E"}"#),
    ])
    func arraysAndMaps(hex: String, json: String) throws {
        let value = try JSONDecoder().decode(AnyValue.self, from: Data(json.utf8))
        #expect(try cborHex(value) == hex)
        #expect(try cborValue(AnyValue.self, hex) == value)
    }

    @Test func integersAsKeysOfAMap() throws {
        #expect(try cborValue([Int: Int].self, "a201020304") == [1: 2, 3: 4])
        #expect(try cborValue([String: Int].self, "a201020304") == ["1": 2, "3": 4])
    }

    @Test(arguments: [
        ("9fff", "[]"), ("9f018202039f0405ffff", "[1,[2,3],[4,5]]"), ("9f01820203820405ff", "[1,[2,3],[4,5]]"),
        ("83018202039f0405ff", "[1,[2,3],[4,5]]"), ("83019f0203ff820405", "[1,[2,3],[4,5]]"),
        (
            "9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff",
            "[\((1...25).map(String.init).joined(separator: ","))]"
        ),
        ("bf61610161629f0203ffff", #"{"a":1,"b":[2,3]}"#), ("826161bf61626163ff", #"["a",{"b":"c"}]"#),
        ("bf6346756ef563416d7421ff", #"{"Fun":true,"Amt":-2}"#), ("7f657374726561646d696e67ff", #""streaming""#),
    ])
    func itemsOfIndefiniteLength(hex: String, json: String) throws {
        let value = try JSONDecoder().decode(AnyValue.self, from: Data(json.utf8))
        #expect(try cborValue(AnyValue.self, hex) == value)
    }

    @Test func aByteStringInParts() throws {
        #expect(try cborValue(Data.self, "5f42010243030405ff") == Data([1, 2, 3, 4, 5]))
    }
}
