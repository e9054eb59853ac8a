// SPDX-License-Identifier: Apache-2.0

import Caching
import Foundation
import Testing

@Suite("Dates as CBOR")
struct CBORDateTests {
    private func survives(_ seconds: Double) throws -> Bool {
        let date = Date(timeIntervalSinceReferenceDate: seconds)
        let codec = CacheCodec<Date>.cbor
        return try codec.decode(codec.encode(date)) == date
    }

    @Test func everyDateSurvivesToTheLastBit() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        #expect(try survivesCBOR(Date()), "seed \(seed)")
        for _ in 0..<1500 {
            let exponent = Double.random(in: -40...70, using: &random)
            let bits = Double(
                sign: Bool.random(using: &random) ? .plus : .minus,
                exponent: Int(exponent),
                significand: 1
            )
            for seconds in [
                Double.random(in: 700_000_000...900_000_000, using: &random),
                bits * Double.random(in: 1...2, using: &random),
                (Double.random(in: 0...9e11, using: &random)).rounded() / 1000,
            ] {
                #expect(try survives(seconds), "\(seconds), seed \(seed)")
            }
        }
    }

    @Test(arguments: [
        0, 0.1, -0.1, 1e-30, .leastNonzeroMagnitude, -0.999999999999, 8_388_608.000000001, 1e15, 1e18, 1e300, .infinity,
        -.infinity,
        -978_307_200, -978_307_200.5, -62_135_596_800.123, 9.2e18, -9.3e18, -0x1p63, 0x1p63, 0x1p61 + 512,
    ])
    func extremeDatesSurvive(seconds: Double) throws { #expect(try survives(seconds)) }

    @Test func datesAtTheEdgeOf64BitsAreRead() throws {
        for hex in [
            "d903e9a2013b7fffffffc5b0707f2801", "d903e9a2013b7fffffffffffffff2801", "d903e9a2011b7fffffffffffffff2801",
        ] {
            #expect(try abs(cborValue(Date.self, hex).timeIntervalSinceReferenceDate) > 9e18)
        }
    }

    @Test func aDateIsWrittenInTheFirstFormThatIsExact() throws {
        #expect(try cborHex(Date(timeIntervalSince1970: 1)) == "c101")
        #expect(try cborHex(Date(timeIntervalSinceReferenceDate: 785_600_000.25)).hasPrefix("c1fb"))
        #expect(try cborHex(Date(timeIntervalSinceReferenceDate: 785_600_000 + 0x1p-23)).hasPrefix("d903e9a2011a"))
        #expect(try cborHex(Date(timeIntervalSinceReferenceDate: 1e-30)).hasPrefix("d903e9a3011a"))
        #expect(try cborHex(Date(timeIntervalSince1970: .nan)) == "c1f97e00")
    }

    @Test(arguments: [
        ("2013-03-21T20:04:00Z", 385_589_040.0), ("2001-01-01t00:00:00z", 0), ("2001-01-01T01:00:00.5+01:00", 0.5),
        ("2000-12-31T23:00:00-01:00", 0), ("2000-02-29T00:00:00Z", -26_524_800), ("1969-12-31T23:59:59Z", -978_307_201),
        ("2016-12-31T23:59:60Z", 504_921_600), ("0000-03-01T00:00:00Z", -63_140_342_400),
    ])
    func textsOfTag0AreRead(text: String, seconds: Double) throws {
        let hex = "c078" + Hex.text([UInt8(text.utf8.count)] + text.utf8)
        #expect(try cborValue(Date.self, hex).timeIntervalSinceReferenceDate == seconds)
    }

    @Test(arguments: [
        "", "2013-03-21", "2013-02-29T00:00:00Z", "2013-13-01T00:00:00Z", "2013-01-01T24:00:00Z", "2013-01-01T00:00:00",
        "2013-01-01T00:00:00.Z", "2013-01-01T00:00:00Zx", "2013-01-01T00:00:00+25:00",
    ])
    func otherTextsAreNoDates(text: String) {
        let hex = "c078" + Hex.text([UInt8(text.utf8.count)] + text.utf8)
        #expect(throws: DecodingError.self) { try cborValue(Date.self, hex) }
    }

    @Test(arguments: [
        "01", "c1f6", "c16161", "d903e9a0", "d903e9a2010102 01", "d903e9a20101283a3b9aca00", "c1c249010000000000000000",
    ])
    func otherItemsAreNoDates(hex: String) { #expect(throws: DecodingError.self) { try cborValue(Date.self, hex) } }

    @Test(arguments: [
        "0", "1", "-1.5", "1234567890.12345", "340282366920938463463374607431768211455", "1e127", "-1e-128",
    ])
    func decimalsSurvive(text: String) throws {
        #expect(try survivesCBOR(#require(Decimal(string: text))))
    }

    @Test func decimalsAreTag4AndReadFromNumbersToo() throws {
        #expect(try cborHex(#require(Decimal(string: "273.15"))) == "c48221196ab3")
        #expect(try cborValue(Decimal.self, "c482211a000 06ab3".replacing(" ", with: "")) == Decimal(string: "273.15"))
        #expect(
            try cborValue(Decimal.self, "05") == 5
                && cborValue(Decimal.self, "fb3ff199999999999a") == Decimal(string: "1.1")
        )
        #expect(throws: DecodingError.self) { try cborValue(Decimal.self, "c4821b7fffffffffffffff01") }
    }
}
