// SPDX-License-Identifier: Apache-2.0

/// Hashes keys by their UTF-8 bytes, with secrets drawn once per process so that nobody outside can choose keys that
/// collide.
///
/// It follows the construction of wyhash (Wang Yi, https://github.com/wangyi-fudan/wyhash): 128-bit products of the
/// input mixed with secrets, folded to 64 bits. One pass over the bytes, no allocation. Never used for a stored key.
@usableFromInline
package struct KeyHash: Sendable {
    @usableFromInline let seed: UInt64
    @usableFromInline let secret: UInt64

    /// Whether strings have the forms that ``StringWords`` reads, which was tried out.
    @usableFromInline let knowsWords: Bool

    /// The hash of this process.
    package static let shared = KeyHash(seed: .random(in: .min ... .max), secret: .random(in: .min ... .max))

    /// A hash with secrets that are known, as only tests and benchmarks want it.
    package init(seed: UInt64, secret: UInt64) {
        self.seed = seed
        // A secret without bits would make every product zero.
        self.secret = secret | 1
        knowsWords = StringWords.areAsExpected
    }

    /// The hash of a key.
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
        // The last 16 bytes, some of them for the second time.
        state = block(base + (count &- 16), state)
        // The length comes last: beside the bytes it could cancel a difference between them, whatever the seed.
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

    /// Up to 15 bytes that are in memory: the same as for a small string.
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
