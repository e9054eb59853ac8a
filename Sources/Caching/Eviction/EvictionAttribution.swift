// SPDX-License-Identifier: Apache-2.0

/// Whose evicted entries are in a store that several caches share: the prefix of their keys tells.
package struct EvictionAttribution {
    private let prefixes: [String]

    /// An attribution to whoever has one of these prefixes.
    package init(prefixes: [String]) { self.prefixes = prefixes }

    /// The positions of the longest of the prefixes that a key begins with: several if they are the same, none if there
    /// is no such prefix.
    ///
    /// Keys and prefixes are bytes.
    package func owners(of key: String) -> [Int] {
        var longest = -1
        var owners: [Int] = []
        for (position, prefix) in prefixes.enumerated() where key.utf8.starts(with: prefix.utf8) {
            let length = prefix.utf8.count
            if length > longest { (longest, owners) = (length, []) }
            if length == longest { owners.append(position) }
        }
        return owners
    }
}
