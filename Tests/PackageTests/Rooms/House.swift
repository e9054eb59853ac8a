// SPDX-License-Identifier: Apache-2.0

/// The rooms of the library, which are its folders, and the floors that they are on.
struct House {
    /// A room that names a type of a room beside or above it.
    struct Violation: Hashable, CustomStringConvertible {
        let path: String
        let type: String
        let room: String

        var description: String { "\(path) names \(type), which is of \(room)" }
    }

    /// From the ground up.
    let floors: [[String]]
    private var files: [(room: String, file: SourceFile)] = []

    init(floors: [[String]]) { self.floors = floors }

    /// Adds a file; its path is that in the library, `Room/File.swift`.
    mutating func add(_ path: String, _ text: String) {
        // What is in no folder is a room by itself.
        let parts = path.split(separator: "/", maxSplits: 1)
        files.append((String(parts[0]), SourceFile(path: path, text: text)))
    }

    /// The rooms that files are in.
    var rooms: Set<String> { Set(files.map(\.room)) }

    /// Where a room names a type of another one that is not below it.
    var violations: [Violation] {
        var height: [String: Int] = [:]
        for (number, rooms) in floors.enumerated() { for room in rooms { height[room] = number } }
        // A name that a room has itself, at the top level or within a type, is its own.
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
