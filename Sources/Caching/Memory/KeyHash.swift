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

    /// The hash of this process.
    package static let shared = KeyHash(seed: .random(in: .min ... .max), secret: .random(in: .min ... .max) | 1)

    /// A hash with secrets that are known, as only tests want it.
    package init(seed: UInt64, secret: UInt64) {
        self.seed = seed
        self.secret = secret
    }

    /// The hash of a key.
    @inlinable
    @inline(__always)
    package func callAsFunction(_ key: String) -> UInt64 {
        if let hash = key.utf8.withContiguousStorageIfAvailable({ hash(UnsafeRawBufferPointer($0)) }) { return hash }
        return Array(key.utf8).withUnsafeBytes { hash($0) }
    }

    @inlinable
    @inline(__always)
    func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return mix(seed, secret) }
        let count = bytes.count
        var state = seed
        if count >= 8 {
            var offset = 0
            while offset &+ 8 < count {
                state = mix(state ^ base.loadUnaligned(fromByteOffset: offset, as: UInt64.self), secret)
                offset &+= 8
            }
            state = mix(state ^ base.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self), secret)
        } else if count >= 4 {
            let low = UInt64(base.loadUnaligned(as: UInt32.self))
            let high = UInt64(base.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
            state = mix(state ^ (low | high << 32), secret)
        } else {
            let first = UInt64(base.loadUnaligned(as: UInt8.self))
            let middle = UInt64(base.loadUnaligned(fromByteOffset: count >> 1, as: UInt8.self))
            let last = UInt64(base.loadUnaligned(fromByteOffset: count &- 1, as: UInt8.self))
            state = mix(state ^ (first | middle << 8 | last << 16), secret)
        }
        // The length comes last: beside the bytes it could cancel a difference between them, whatever the seed.
        return mix(state ^ UInt64(truncatingIfNeeded: count), seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    @inlinable
    @inline(__always)
    func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
