// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Compares keys by their bytes, where Swift takes texts as equal that differ in theirs.
@usableFromInline
enum KeyEquality {
    /// Whether two keys have the same bytes.
    @inlinable
    @inline(__always)
    static func areEqual(_ left: String, _ right: String) -> Bool {
        // The same string, or two small ones with the same bytes.
        let (first, second) = (unsafeBitCast(left, to: RawString.self), unsafeBitCast(right, to: RawString.self))
        return first == second || haveEqualBytes(left, right)
    }

    /// What a string consists of, whatever that is.
    @usableFromInline typealias RawString = SIMD2<UInt64>

    @usableFromInline
    @inline(never)
    static func haveEqualBytes(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        let result = left.utf8.withContiguousStorageIfAvailable { left in
            right.utf8.withContiguousStorageIfAvailable { right -> Bool in
                guard let first = left.baseAddress, let second = right.baseAddress else { return true }
                return memcmp(first, second, left.count) == 0
            }
        }
        return result.flatMap { $0 } ?? left.utf8.elementsEqual(right.utf8)
    }
}
