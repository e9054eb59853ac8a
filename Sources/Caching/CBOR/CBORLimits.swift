// SPDX-License-Identifier: Apache-2.0

internal import CCaching

/// Bounds on what is written and read.
package enum CBORLimits {
    /// The most arrays and maps in each other that are read; tags do not count.
    package static let depth = 128
    /// Dates and decimals bring an array or map of their own, so values may be nested one level less.
    static let writtenDepth = depth - 1
    /// The most calls of `encode(to:)` or `init(from:)` in each other: optionals and raw values add calls and no level.
    static let calls = 2 * depth
    /// Bytes of stack for writing: less than for reading, which takes more.
    ///
    /// A thread may have 512 KiB, and the types that are nested decide how many a level takes.
    static let stackForWriting: UInt = 128 * 1024
    static let stackForReading: UInt = 256 * 1024
}

/// How much of the stack was used since a recursion began.
struct StackUse {
    private let start = caching_stack_position()

    func isUsed(up limit: UInt) -> Bool {
        let position = caching_stack_position()
        // It grows downwards on every platform there is, but nothing here depends on it.
        return max(start, position) - min(start, position) > limit
    }
}
