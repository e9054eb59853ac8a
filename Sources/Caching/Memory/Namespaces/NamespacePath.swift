// SPDX-License-Identifier: Apache-2.0

/// The path of a key through a ``NamespaceTrie``: some bits of the hash of each namespace, the outermost one first.
///
/// A namespace is the text up to and including a colon: `users:` and `users:42:` for `users:42:name`.
struct NamespacePath {
    /// The number of four-bit digits for each namespace.
    private static let digitsPerNamespace = 4
    /// The number of namespaces that count; deeper ones are ignored.
    private static let maximumNamespaces = 8

    private let bytes: UnsafeBufferPointer<UInt8>
    private let hash: KeyHash
    private var position = 0
    private var namespaces = 0
    private var bits: UInt64 = 0
    private var digitsLeft = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, hash: KeyHash) {
        self.bytes = bytes
        self.hash = hash
    }

    /// Returns the next digit, 0 to 15, or nil after the last namespace.
    mutating func next() -> Int? {
        if digitsLeft == 0 {
            guard namespaces < Self.maximumNamespaces, enterNamespace() else { return nil }
        }
        digitsLeft -= 1
        let digit = Int(truncatingIfNeeded: bits & 15)
        bits >>= 4
        return digit
    }

    private mutating func enterNamespace() -> Bool {
        while position < bytes.count {
            position += 1
            guard bytes[position - 1] == UInt8(ascii: ":") else { continue }
            bits = hash.hash(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<position])) >> 32
            digitsLeft = Self.digitsPerNamespace
            namespaces += 1
            return true
        }
        return false
    }
}
