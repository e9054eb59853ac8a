// SPDX-License-Identifier: Apache-2.0

/// The two words of a string, which give access to its bytes without a change of a reference count.
///
/// The `utf8` view of a string would retain and release the key for hashing and comparison, so each thread that finds a
/// stored key would write to it. The layout is that of 64-bit Swift, which is fixed on platforms with a stable ABI.
/// ``areAsExpected`` tests the layout at runtime; where it differs, the library uses `utf8`.
///
/// The bytes exist as long as the string; the caller must extend its lifetime with `withExtendedLifetime`.
@usableFromInline
package struct StringWords: Equatable, Sendable {
    @usableFromInline let first: UInt64
    @usableFromInline let second: UInt64

    @inlinable
    @inline(__always)
    package init(_ string: String) {
        #if (arch(x86_64) || arch(arm64)) && !os(Android)
            (first, second) = unsafeBitCast(string, to: (UInt64, UInt64).self)
        #else
            // The upper bits mark a form that is not known.
            (first, second) = (0, .max << 60)
        #endif
    }

    /// The bytes of a small string, up to 15, which are in the words themselves.
    @inlinable
    @inline(__always)
    package var small: (UInt64, UInt64, count: Int)? {
        guard second >> 60 & 0b0010 != 0 else { return nil }
        return (first, second & 0x00FF_FFFF_FFFF_FFFF, Int(truncatingIfNeeded: second >> 56 & 15))
    }

    /// The bytes of a native string or of a literal.
    @inlinable
    @inline(__always)
    package var native: UnsafeRawBufferPointer? {
        // Neither bridged nor small nor without UTF-8; the bytes follow the header of the object.
        guard second >> 60 & 0b0111 == 0, first >> 60 & 1 != 0 else { return nil }
        return UnsafeRawBufferPointer(
            start: UnsafeRawPointer(bitPattern: UInt(second & 0x0FFF_FFFF_FFFF_FFFF) &+ 32),
            count: Int(truncatingIfNeeded: first & 0xFFFF_FFFF_FFFF)
        )
    }

    /// Whether strings of several kinds and lengths have the expected layout.
    package static let areAsExpected: Bool = [
        "", "7", "user:42", "user:4217", "çé", "fifteen bytes..", "user:profile:é:42",
    ]
    .allSatisfy { text in isAsExpected(text) }

    private static func isAsExpected(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        // Appending gives native forms; a literal may have another one.
        var short = ""
        short.append(text)
        var long = ""
        long.reserveCapacity(100)
        long.append(text)
        var words = (UInt64(0), UInt64(0))
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes.prefix(15)) }
        let isSmallKnown =
            bytes.count > 15
            || StringWords(short).small.map {
                $0.0 == UInt64(littleEndian: words.0) && $0.1 == UInt64(littleEndian: words.1)
                    && $0.count == bytes.count
            } ?? false
        let isNativeKnown = withExtendedLifetime(long) {
            StringWords(long).small == nil && StringWords(long).native.map { $0.elementsEqual(bytes) } ?? false
        }
        return isSmallKnown && isNativeKnown
    }
}
