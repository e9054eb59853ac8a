// SPDX-License-Identifier: Apache-2.0

/// The search for the name that was probably meant.
enum NearestName {
    /// Returns the known name that is nearest to a misspelt one, the first of them in a tie; nil when none is near.
    static func of(_ name: String, in known: [String]) -> String? {
        nearest(name, in: known, within: max(1, min(3, name.count / 2)))
    }

    /// Returns the known name that differs by a typing mistake: one letter in a name of three to five letters, two in a
    /// longer one.
    static func close(to name: String, in known: [String]) -> String? {
        nearest(name, in: known, within: name.count < 3 ? 0 : name.count < 6 ? 1 : 2)
    }

    private static func nearest(_ name: String, in known: [String], within limit: Int) -> String? {
        let name = name.lowercased()
        let ranked = known.map { (name: $0, distance: distance(name, $0.lowercased())) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= limit ? best.name : nil
    }

    /// Returns the number of insertions, deletions, substitutions and swaps of neighbours between two names (optimal
    /// string alignment).
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left)
        let right = Array(right)
        var rows = [Array(0...right.count)]
        for (row, character) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                let cost = character == other ? 0 : 1
                var best = min(rows[row][column + 1] + 1, current[column] + 1, rows[row][column] + cost)
                if row > 0, column > 0, character == right[column - 1], left[row - 1] == other {
                    best = min(best, rows[row - 1][column - 1] + 1)
                }
                current.append(best)
            }
            rows.append(current)
        }
        return rows[left.count][right.count]
    }
}
