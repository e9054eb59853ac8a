// SPDX-License-Identifier: Apache-2.0

import Caching
import Foundation
import Testing

@Suite("CBOR against cbor2", .enabled(if: Python.hasPackagesOrMust, Python.packagesHint))
struct CBORInPythonTests {
    private static let count = 60

    /// Writes random structures in three forms, of which the first is canonical, one structure a line.
    private static let writer = """
        import random, sys, cbor2
        random.seed(int(sys.stdin.read()))

        def text():
            return "".join(random.choice("abcxyz0189 äß€😀\\0\\"") for _ in range(random.randrange(30)))

        def size(depth): return random.randrange(5) if depth > 1 else random.randrange(30)

        def scalar():
            return random.choice([
                lambda: None, lambda: True, lambda: False, text,
                lambda: random.choice([1, -1]) * (random.getrandbits(random.randrange(64))),
                lambda: 2**63 + random.getrandbits(63),
                lambda: random.uniform(-1, 1) + 1e-9,
                lambda: random.choice([0.5, 1.5, -0.25, 2.0**-24, 1e300 / 3, 3.4e38 / 7, 0.1, 2.0**-149]),
                lambda: random.randbytes(random.randrange(40)),
            ])()

        def value(depth):
            kind = random.randrange(4) if depth > 0 else 3
            if kind == 0: return [value(depth - 1) for _ in range(size(depth))]
            if kind == 1: return {text(): value(depth - 1) for _ in range(size(depth))}
            return scalar()

        for _ in range(\(count)):
            it = value(3)
            forms = [
                cbor2.dumps(it, canonical=True), cbor2.dumps(it),
                cbor2.dumps(it, indefinite_containers=True), cbor2.dumps(cbor2.CBORTag(55799, it)),
            ]
            print(*[form.hex() for form in forms])
        """

    @Test func whatPythonWritesIsReadAndWrittenAsItsCanonicalForm() throws {
        let seed = UInt32.random(in: 0 ... .max)
        print("seed of whatPythonWritesIsReadAndWrittenAsItsCanonicalForm: \(seed)")
        let lines = try Python.withPackages.run(Self.writer, input: "\(seed)")
        #expect(lines.count == Self.count)
        for line in lines {
            let forms = line.split(separator: " ").map(String.init)
            let canonical = try cborValue(AnyValue.self, forms[0])
            #expect(try cborHex(canonical) == forms[0], "seed \(seed)")
            for form in forms.dropFirst() { #expect(try cborValue(AnyValue.self, form) == canonical, "seed \(seed)") }
        }
    }

    @Test func pythonReadsEqualValuesFromWhatIsWritten() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed of pythonReadsEqualValuesFromWhatIsWritten: \(seed)")
        var random = SeededGenerator(seed: seed)
        let values = (0..<Self.count).map { _ in AnyValue.random(depth: 3, using: &random) }
        // The text of a value is written without the codec that is tested.
        let input = try values.map { try "\(cborHex($0)) \(Hex.text(Self.literal($0).utf8))" }.joined(separator: "\n")
        let script = """
            import sys, ast, cbor2
            for line in sys.stdin.read().splitlines():
                data, text = map(bytes.fromhex, line.split())
                value = cbor2.loads(data)
                print(value == ast.literal_eval(text.decode()), cbor2.dumps(value, canonical=True) == data)
            """
        let lines = try Python.withPackages.run(script, input: input)
        #expect(lines.count == Self.count)
        #expect(lines.allSatisfy { $0 == "True True" }, "seed \(seed)")
    }

    /// A value as Python writes it.
    private static func literal(_ value: AnyValue) -> String {
        switch value {
        case .null: "None"
        case .boolean(let value): value ? "True" : "False"
        case .integer(let value): "\(value)"
        case .large(let value): "\(value)"
        case .double(let value): "\(value)"
        case .text(let value): "\"" + value.unicodeScalars.map { escaped($0.value) }.joined() + "\""
        case .bytes(let value): "b\"" + value.map { "\\x" + Hex.text([$0]) }.joined() + "\""
        case .array(let values): "[" + values.map(literal).joined(separator: ",") + "]"
        case .map(let values):
            "{" + values.map { "\(literal(.text($0.key))):\(literal($0.value))" }.joined(separator: ",") + "}"
        }
    }

    private static func escaped(_ scalar: UInt32) -> String {
        let digits = String(scalar, radix: 16)
        return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    @Test func pythonReadsDatesAndDecimals() throws {
        let dates = [0, 1_700_000_000, 1_700_000_000.25].map { Date(timeIntervalSince1970: $0) }
        let decimals = ["1.5", "-273.15", "123456789012345678901234567890", "-18446744073709551617e3"].map {
            Decimal(string: $0) ?? 0
        }
        let input = "\(try cborHex(dates)) \(try cborHex(decimals))"
        let lines = try Python.withPackages.run(
            """
            import sys, cbor2
            dates, decimals = [cbor2.loads(bytes.fromhex(text)) for text in sys.stdin.read().split()]
            for date in dates: print(date.timestamp())
            for number in decimals: print(format(number, "f"))
            """,
            input: input
        )
        #expect(
            lines == [
                "0.0", "1700000000.0", "1700000000.25", "1.5", "-273.15", "123456789012345678901234567890",
                "-18446744073709551617000",
            ]
        )
    }
}
