// SPDX-License-Identifier: Apache-2.0

/// A hash of keys by their UTF-8 bytes, with random secrets for each process, so that an attacker cannot choose keys that
/// collide.
///
/// The construction is that of wyhash (Wang Yi, https://github.com/wangyi-fudan/wyhash): 128-bit products of the input
/// mixed with secrets, folded to 64 bits. It takes one pass over the bytes and no allocation. It is never stored.
@usableFromInline
package struct KeyHash: Sendable {
    @usableFromInline let seed: UInt64
    @usableFromInline let secret: UInt64

    /// Whether strings have the layout that ``StringWords`` reads, according to a test at runtime.
    @usableFromInline let knowsWords: Bool

    /// The hash of this process.
    package static let shared = KeyHash(seed: .random(in: .min ... .max), secret: .random(in: .min ... .max))

    /// Creates a hash with known secrets, for tests and benchmarks; `knowsWords` is false in tests of the portable form.
    package init(seed: UInt64, secret: UInt64, knowsWords: Bool = StringWords.areAsExpected) {
        self.seed = seed
        // A secret without bits would make every product zero.
        self.secret = secret | 1
        self.knowsWords = knowsWords && StringWords.areAsExpected
    }

    /// Returns the hash of a key.
    @inlinable
    @inline(__always)
    package func callAsFunction(_ key: String) -> UInt64 {
        withExtendedLifetime(key) {
            if knowsWords {
                let words = StringWords(key)
                if let small = words.small { return hash(small.0, small.1, count: small.count) }
                if let bytes = words.native { return hash(bytes) }
            }
            return hashOfOtherForm(key)
        }
    }

    @usableFromInline
    @inline(never)
    func hashOfOtherForm(_ key: String) -> UInt64 {
        if let hash = key.utf8.withContiguousStorageIfAvailable({ hash(UnsafeRawBufferPointer($0)) }) { return hash }
        return Array(key.utf8).withUnsafeBytes { hash($0) }
    }

    @inlinable
    @inline(__always)
    package func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        guard let base = bytes.baseAddress, bytes.count > 15 else { return hashShort(bytes) }
        let count = bytes.count
        var state = seed
        var offset = 0
        while offset &+ 16 < count {
            state = block(base + offset, state)
            offset &+= 16
        }
        // The last 16 bytes, some of which may be read twice.
        state = block(base + (count &- 16), state)
        // The length comes last: combined with the bytes, it could cancel a difference between them, whatever the seed.
        return mix(state ^ UInt64(truncatingIfNeeded: count), seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    @inlinable
    @inline(__always)
    func block(_ bytes: UnsafeRawPointer, _ state: UInt64) -> UInt64 {
        mix(
            bytes.loadUnaligned(as: UInt64.self) ^ secret,
            bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self) ^ state
        )
    }

    /// Returns the hash of up to 15 bytes in memory, which equals that of a small string.
    @inlinable
    func hashShort(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var words = (UInt64(0), UInt64(0))
        withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
        return hash(UInt64(littleEndian: words.0), UInt64(littleEndian: words.1), count: bytes.count)
    }

    @inlinable
    @inline(__always)
    func hash(_ first: UInt64, _ second: UInt64, count: Int) -> UInt64 {
        let product = (first ^ seed).multipliedFullWidth(by: second ^ secret)
        return mix(
            product.low ^ 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: count),
            product.high ^ seed
        )
    }

    @inlinable
    @inline(__always)
    func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
