// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Each room of the library names types of rooms on lower floors only, so that calls go in one direction.
///
/// Names of types are compared. Functions and extensions are ignored.
@Suite("The rooms of the library")
struct RoomTests {
    /// The floors from the ground up, as in Documentation/Architecture.md.
    private static let floors = [
        ["Support"],
        ["CacheError.swift"],
        ["Time", "Keys", "CBOR"],
        ["Policy", "Backend", "Eviction"],
        ["Observability", "Memory"],
        ["Storage", "SingleFlight"],
        ["Pipeline", "Configuration"],
        ["Manager"],
        ["Annotations"],
    ]

    /// The rooms, which are read once.
    private static let house = Result { try readHouse() }

    private static func readHouse() throws -> House {
        var house = House(floors: floors)
        let library = Repository.root.appending(path: "Sources/Caching")
        let paths = FileManager.default.enumerator(atPath: library.path())?.compactMap { $0 as? String } ?? []
        for path in paths.sorted() where path.hasSuffix(".swift") {
            house.add(path, try String(contentsOf: library.appending(path: path), encoding: .utf8))
        }
        return house
    }

    @Test func `a room names no type of a room on its floor or above`() throws {
        let violations = try Self.house.get().violations
        #expect(violations.isEmpty, "\(violations.map(\.description).joined(separator: "\n"))")
    }

    @Test func `each room is on a floor`() throws {
        #expect(try Self.house.get().rooms == Set(Self.floors.joined()))
    }

    @Test func `the guide has the same floors`() throws {
        let guide = try Repository.text("Documentation/Architecture.md")
        let drawing = Self.floors.reversed().map { $0.joined(separator: ", ") }
        #expect(guide.contains("```text\n" + drawing.joined(separator: "\n") + "\n```"))
    }

    @Test(arguments: [
        ("let cellar: Tower", ["Tower"]),
        ("func f() -> [Tower?] { [] }", ["Tower"]),
        ("extension Tower { let roof = Tower.Roof() }", ["Tower"]),
        (#"let text = "\(Tower.height) and \(Lawn())""#, ["Lawn", "Tower"]),
        ("let neighbour: Lawn", ["Lawn"]),
        ("let below: Ground", []),
        ("struct Roof {}; let own: Roof", []),
        ("// Tower\n/* Tower /* Tower */ Tower */ let x = 1 /// Tower", []),
        (##"let text = "Tower \"Tower\" " + #"Tower "Tower" \(Tower)"#"##, []),
        ("let text = \"\"\"\n    Tower \"Tower\"\n    \"\"\"", []),
        ("let part: House.Tower", []),
    ])
    func aViolationIsFound(code: String, types: [String]) {
        var house = House(floors: [["Cellar"], ["Hall", "Garden"], ["Attic"]])
        house.add("Cellar/Ground.swift", "struct Ground {}")
        house.add("Garden/Lawn.swift", "package protocol Lawn {}")
        house.add("Attic/Tower.swift", "public final class Tower { struct Roof {} }\nlet below: Lawn")
        house.add("Hall/Hall.swift", code)
        #expect(house.violations.map(\.type) == types)
        #expect(house.violations.allSatisfy { $0.path == "Hall/Hall.swift" })
    }
}
