// SPDX-License-Identifier: Apache-2.0

/// The attribution of evicted keys to the caches that share a store, by the prefixes of their keys.
package struct EvictionAttribution {
    private let prefixes: [String]

    /// Creates an attribution to the caches with these prefixes.
    package init(prefixes: [String]) { self.prefixes = prefixes }

    /// Returns the positions of the longest prefix of a key: several if caches have the same prefix, none if the key has
    /// no such prefix.
    ///
    /// Keys and prefixes are compared as bytes.
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
