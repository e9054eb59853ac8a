// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The comparison of keys by bytes; Swift compares strings by canonical equivalence.
@usableFromInline
package enum KeyEquality {
    /// Returns whether two keys have the same bytes.
    @inlinable
    @inline(__always)
    package static func areEqual(_ left: String, _ right: String, knowsWords: Bool) -> Bool {
        let (first, second) = (StringWords(left), StringWords(right))
        // The same string, or two small ones with the same bytes.
        if first == second { return true }
        if knowsWords, let first = first.native, let second = second.native {
            return withExtendedLifetime((left, right)) { areEqual(first, second) }
        }
        return haveEqualBytes(left, right)
    }

    @usableFromInline
    @inline(never)
    static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count, let first = left.baseAddress, let second = right.baseAddress else {
            return left.count == right.count
        }
        return memcmp(first, second, left.count) == 0
    }

    @usableFromInline
    @inline(never)
    static func haveEqualBytes(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        let result = left.utf8.withContiguousStorageIfAvailable { left in
            right.utf8.withContiguousStorageIfAvailable { right in
                areEqual(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right))
            }
        }
        return result.flatMap { $0 } ?? left.utf8.elementsEqual(right.utf8)
    }
}
