// SPDX-License-Identifier: Apache-2.0

/// The rooms of the library, which are its folders, and their floors.
struct House {
    /// A type that is named in a room of the same or a lower floor.
    struct Violation: Hashable, CustomStringConvertible {
        let path: String
        let type: String
        let room: String

        var description: String { "\(path) names \(type), which is of \(room)" }
    }

    /// The floors, from the ground up.
    let floors: [[String]]
    private var files: [(room: String, file: SourceFile)] = []

    init(floors: [[String]]) { self.floors = floors }

    /// Adds a file, by its path in the library: `Room/File.swift`.
    mutating func add(_ path: String, _ text: String) {
        // A file in no folder is a room by itself.
        let parts = path.split(separator: "/", maxSplits: 1)
        files.append((String(parts[0]), SourceFile(path: path, text: text)))
    }

    /// The rooms of the files.
    var rooms: Set<String> { Set(files.map(\.room)) }

    /// The types that are named in rooms that are not above them.
    var violations: [Violation] {
        var height: [String: Int] = [:]
        for (number, rooms) in floors.enumerated() { for room in rooms { height[room] = number } }
        // A name that a room declares, at the top level or within a type, is its own.
        var own: [String: Set<String>] = [:]
        var homes: [String: Set<String>] = [:]
        for (room, file) in files {
            own[room, default: []].formUnion(file.declared.union(file.nested))
            for type in file.declared { homes[type, default: []].insert(room) }
        }
        var violations: [Violation] = []
        for (room, file) in files {
            for type in file.named.subtracting(own[room] ?? []).sorted() {
                guard let home = homes[type]?.sorted().first, let here = height[room], let there = height[home]
                else { continue }
                if there >= here { violations.append(Violation(path: file.path, type: type, room: home)) }
            }
        }
        return violations
    }
}
