// SPDX-License-Identifier: Apache-2.0

import Caching
import Foundation
import Testing

@Suite("Codable types as CBOR")
struct CBORCodableTests {
    enum Shape: Codable, Equatable, Sendable {
        case circle(radius: Double)
        case named(String, Int)
        case empty
        indirect case group([Shape])
    }

    enum Size: String, Codable, CodingKeyRepresentable { case small, large }
    enum Color: String, Codable { case red, blue }

    struct Everything: Codable, Equatable, Sendable {
        var zeta = 1
        var alpha: Int8 = -8
        var b: UInt16? = 16
        var absent: String?
        var float: Float = 1.1
        var shape = Shape.named("x", 5)
        var color = Color.blue
        var nested: [String: [Int: [Color]]] = ["a": [-7: [.red], 300: []]]
        var byColor: [Color: Int] = [.red: 1]
        var data = Data([0, 255])
        var bytes: [UInt8] = [1, 2, 3]
        var decimal = Decimal(string: "-1234567890123456789012345678.9") ?? 0
        var url = URL(filePath: "/a b")
        var identifier = UUID()
        var when = Date(timeIntervalSinceReferenceDate: 785_600_000.123456)
        var range = 1..<5
        var set: Set<Int> = [5]
        var list: [Int?] = [1, nil, 3]
    }

    @Test func allKindsOfFieldsSurvive() throws {
        #expect(try survivesCBOR(Everything()))
        #expect(try survivesCBOR([Everything(zeta: .min), Everything(zeta: .max, b: nil, absent: "x", shape: .empty)]))
    }

    @Test func numbersAtTheEdgesOfTheirTypesSurvive() throws {
        #expect(try survivesCBOR(Int8.min) && survivesCBOR(UInt8.max) && survivesCBOR(Int16.min))
        #expect(try survivesCBOR(UInt16.max) && survivesCBOR(Int32.min) && survivesCBOR(UInt32.max))
        #expect(try survivesCBOR(Int64.min) && survivesCBOR(Int.max) && survivesCBOR(UInt.max))
        #expect(try survivesCBOR(UInt128(UInt64.max)) && survivesCBOR(Int128(Int64.min)))
        #expect(try survivesCBOR(Float.leastNonzeroMagnitude) && survivesCBOR(Float.greatestFiniteMagnitude))
        #expect(try survivesCBOR(Double.leastNonzeroMagnitude) && survivesCBOR(Double.ulpOfOne))
    }

    @Test func everyHalfIsWrittenInThreeBytes() throws {
        let others = (0...UInt16.max).filter { bits in
            let value = HalfPrecision.value(of: bits)
            return !value.isNaN && HalfPrecision.bits(of: Float(value)) != bits
        }
        #expect(others.isEmpty)
    }

    @Test func integersOfMoreThan64BitsAreRefusedWithoutTheirValue() {
        let error = #expect(throws: EncodingError.self) { try cborHex(["key": UInt128.max]) }
        #expect(error.map { "\($0)" }?.contains("\(UInt128.max)") == false)
        #expect(throws: EncodingError.self) { try cborHex(Int128.min) }
    }

    @Test func aNumberThatDoesNotFitIsAnErrorThatNamesThePath() {
        let error = #expect(throws: DecodingError.self) { try cborValue([String: [UInt8?]].self, "a16178820119012c") }
        guard case .typeMismatch(_, let context) = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
        #expect(context.codingPath.map(\.stringValue) == ["x", "1"])
        #expect(!context.debugDescription.contains("300"))
    }

    @Test func fieldsMayComeAndGo() throws {
        struct Old: Codable {
            let a: Int
            let gone: [[String: Int]]
        }
        struct New: Codable, Equatable {
            let a: Int
            let new: String?
        }
        let bytes = try CacheCodec<Old>.cbor.encode(Old(a: 1, gone: [["x": 1], [:]]))
        #expect(try CacheCodec<New>.cbor.decode(bytes) == New(a: 1, new: nil))
        #expect(try cborValue(New.self, "a26161016 36e6577f6".replacing(" ", with: "")) == New(a: 1, new: nil))
        #expect(throws: DecodingError.self) { try cborValue(New.self, "a0") }
        #expect(throws: DecodingError.self) { try cborValue(New.self, "a16161f6") }
    }

    @Test func aClassAndItsSuperclassSurvive() throws {
        let bytes = try CacheCodec<Derived>.cbor.encode(Derived(base: 1, own: "x"))
        let read = try CacheCodec<Derived>.cbor.decode(bytes)
        #expect(read.base == 1 && read.own == "x")
        #expect(Hex.text(bytes) == "a2636f776e61786573757065 72a1646261736501".replacing(" ", with: ""))
        let same = try CacheCodec<SameContainer>.cbor.encode(SameContainer(base: 1, own: "x"))
        #expect(Hex.text(same) == "a2636f776e617864626173 6501".replacing(" ", with: ""))
        #expect(try CacheCodec<SameContainer>.cbor.decode(same).own == "x")
    }

    @Test func nestedContainersMayBeWrittenInAnyOrder() throws {
        let hex = try cborHex(Interleaved())
        #expect(hex == "a3616101616283010203616382a2617801617902a0")
        _ = try cborValue(Interleaved.self, hex)
    }

    @Test func ofTwoValuesForAKeyTheLastOneIsWritten() throws {
        #expect(try cborHex(Twice()) == "a1616b02")
    }

    @Test func anEntryThatFailsLeavesNothingBehind() throws {
        #expect(try cborHex(Forgiving()) == "a26161016162820102")
    }

    @Test func aContainerThatIsUsedAfterItsValueThrows() throws {
        let keeper = Keeper()
        _ = try CacheCodec<Keeper>.cbor.encode(keeper)
        #expect(throws: EncodingError.self) { try keeper.useAgain() }
    }

    @Test func aValueThatWritesNothingIsAnEmptyMapInAnotherAndAnErrorAlone() throws {
        #expect(try cborHex([Silent()]) == "81a0")
        #expect(throws: EncodingError.self) { try cborHex(Silent()) }
    }

    @Test func dictionariesWithOtherKeysAreArraysAsCodableWritesThem() throws {
        #expect(try cborHex([1.5: "a"]) == "82f93e006161")
        // Their order in the array is that of the dictionary, which is another each time.
        let codec = CacheCodec<[Double: String]>.cbor
        #expect(try codec.decode(codec.encode([1.5: "a", 2.5: "b"])) == [1.5: "a", 2.5: "b"])
        #expect(try cborHex([5: true]) == "a16135f5" && cborHex([Size.small: 1]) == "a165736d616c6c01")
        #expect(try survivesCBOR([Size.small: 1, .large: 2]))
        #expect(try survivesCBOR(["05": 1, "5": 2, "+5": 3]))
    }

    @Test func largeMapsAndArraysSurvive() throws {
        for count in [23, 24, 255, 256, 65_536] {
            #expect(try survivesCBOR(Array(repeating: 7, count: count)))
            let keys = (0..<min(count, 1000)).map { ("key\($0)", $0) }
            #expect(try survivesCBOR(Dictionary(uniqueKeysWithValues: keys)))
        }
    }

    @Test func keysAreSortedByTheBytesOfTheirEncoding() throws {
        let hex = try cborHex(["b": 1, "aa": 2, "a": 3, "": 4, "é": 5, "z": 6])
        #expect(hex == "a660046161036162 01617a06626161 0262c3a905".replacing(" ", with: ""))
    }

    @Test func optionalsInOptionalsSurvive() throws {
        #expect(
            try cborHex(Int??.none) == "f6" && cborHex(Int??.some(nil)) == "81f6" && cborHex(Int??.some(5)) == "8105"
        )
        #expect(try survivesCBOR(Int??.none) && survivesCBOR(Int??.some(nil)) && survivesCBOR(Int??.some(5)))
        #expect(try survivesCBOR(Int???.some(.some(nil))) && survivesCBOR(Int???.some(nil)))
        #expect(throws: (any Error).self) { try cborValue(Int??.self, "80") }
        #expect(throws: (any Error).self) { try cborValue(Int??.self, "820102") }
    }

    @Test func valuesOfTheLibraryAreReadByTheCodecThatWroteThem() throws {
        let everything = Everything()
        let entry = CacheEntry(everything, codec: .cbor(type: "all"), createdAt: 0, expiresAt: nil)
        let read = try CacheEntry(encoded: entry.encoded(for: "k"), for: "k")
        #expect(try read.value(as: Everything.self, codec: .cbor(type: "all")) == everything)
        #expect(throws: CacheEntryError.self) { try read.value(as: Everything.self, codec: .json(type: "all")) }
        #expect(CacheCodec<Int>.cbor.id == 2)
    }

    @Test func manyThreadsMayUseACodecAtOnce() async throws {
        let (json, cbor) = (CacheCodec<Everything>.json, CacheCodec<Everything>.cbor)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<8 {
                group.addTask {
                    let value = Everything(zeta: index)
                    for _ in 0..<50 {
                        guard try json.decode(json.encode(value)).zeta == index,
                            try cbor.decode(cbor.encode(value)) == value
                        else { return false }
                    }
                    return true
                }
            }
            for try await isSame in group { #expect(isSame) }
        }
    }
}
