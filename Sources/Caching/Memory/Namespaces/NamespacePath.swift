// SPDX-License-Identifier: Apache-2.0

/// The way of a key through a ``NamespaceTrie``: a few bits of the hash of each of its namespaces, from the outermost in.
///
/// A namespace is the text up to and including a colon: `users:` and `users:42:` for `users:42:name`.
struct NamespacePath {
    /// Each namespace gives this many digits of four bits.
    private static let digitsPerNamespace = 4
    /// Deeper namespaces make no difference.
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

    /// The next digit, 0 to 15, or nil when all namespaces are passed.
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
