// SPDX-License-Identifier: Apache-2.0

internal import CCaching

/// The limits of values that are written and read.
package enum CBORLimits {
    /// The largest depth of nested arrays and maps that is read; tags do not count.
    package static let depth = 128
    /// The largest depth that is written: one level less, because dates and decimals add an array or map of their own.
    static let writtenDepth = depth - 1
    /// The largest number of nested calls of `encode(to:)` or `init(from:)`: optionals and raw values add calls, but no
    /// level.
    static let calls = 2 * depth
    /// The bytes of stack for writing, which needs less than reading.
    ///
    /// A thread may have 512 KiB, and the size of a level depends on the nested types.
    static let stackForWriting: UInt = 128 * 1024
    static let stackForReading: UInt = 256 * 1024
}

/// The use of the stack since the beginning of a recursion.
struct StackUse {
    private let start = caching_stack_position()

    func isUsed(up limit: UInt) -> Bool {
        let position = caching_stack_position()
        // The stack grows downwards on all platforms, but the code does not depend on it.
        return max(start, position) - min(start, position) > limit
    }
}
