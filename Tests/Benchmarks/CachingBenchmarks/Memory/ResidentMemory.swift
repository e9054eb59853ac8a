// SPDX-License-Identifier: Apache-2.0

import AllocationCounter
import Foundation

/// The resident memory of this process.
enum ResidentMemory {
    /// Returns the resident bytes, after free memory was returned to the system.
    ///
    /// - Throws: An error where the system is not Linux.
    static func bytes() throws -> Int {
        allocator_trim()
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { throw CocoaError(.fileReadCorruptFile) }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    /// Returns the size of the block that the allocator reserved for an object.
    static func bytes(of object: AnyObject) -> Int {
        Int(allocator_block_size(Unmanaged.passUnretained(object).toOpaque()))
    }
}
