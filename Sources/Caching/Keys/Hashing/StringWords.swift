// SPDX-License-Identifier: Apache-2.0

/// What a string consists of, and where its bytes are: two words, read without touching a reference count.
///
/// Through the `utf8` of a string, hashing and comparing keys would retain and release them: a key that is stored would
/// be written to by each thread that finds it. The layout is that of 64-bit Swift, fixed where Swift
/// has a stable interface; ``areAsExpected`` tries out whether it is what it was when this was written, and where it is
/// not, the library goes by `utf8`.
///
/// The bytes are there for as long as the string is: see to that with `withExtendedLifetime`.
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
            // The upper bits say that it is in no form that is known.
            (first, second) = (0, .max << 60)
        #endif
    }

    /// Up to 15 bytes that are in the words themselves.
    @inlinable
    @inline(__always)
    package var small: (UInt64, UInt64, count: Int)? {
        guard second >> 60 & 0b0010 != 0 else { return nil }
        return (first, second & 0x00FF_FFFF_FFFF_FFFF, Int(truncatingIfNeeded: second >> 56 & 15))
    }

    /// The bytes of a string of Swift's own, or of a literal.
    @inlinable
    @inline(__always)
    package var native: UnsafeRawBufferPointer? {
        // Neither bridged nor small nor without UTF-8; the bytes follow the object's head.
        guard second >> 60 & 0b0111 == 0, first >> 60 & 1 != 0 else { return nil }
        return UnsafeRawBufferPointer(
            start: UnsafeRawPointer(bitPattern: UInt(second & 0x0FFF_FFFF_FFFF_FFFF) &+ 32),
            count: Int(truncatingIfNeeded: first & 0xFFFF_FFFF_FFFF)
        )
    }

    /// Whether strings of several kinds and lengths have the forms that are read here.
    package static let areAsExpected: Bool = [
        "", "7", "user:42", "user:4217", "çé", "fifteen bytes..", "user:profile:é:42",
    ]
    .allSatisfy { text in isAsExpected(text) }

    private static func isAsExpected(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        // Appending gives the native forms; a literal may be in another one.
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
