// SPDX-License-Identifier: Apache-2.0

import AllocationCounter
import Foundation

/// How much memory this process really has.
enum ResidentMemory {
    /// The bytes now, after what is free was given back to the system.
    ///
    /// - Throws: When the system does not tell: this needs Linux.
    static func bytes() throws -> Int {
        allocator_trim()
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { throw CocoaError(.fileReadCorruptFile) }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    /// What the allocator set aside for an object.
    static func bytes(of object: AnyObject) -> Int {
        Int(allocator_block_size(Unmanaged.passUnretained(object).toOpaque()))
    }
}
