// SPDX-License-Identifier: Apache-2.0

internal import CCaching

/// How much of the stack was used since a recursion began.
struct StackUse {
    private let start = caching_stack_position()

    func isUsed(up limit: UInt) -> Bool {
        let position = caching_stack_position()
        // It grows downwards on every platform there is, but nothing here depends on it.
        return max(start, position) - min(start, position) > limit
    }
}
