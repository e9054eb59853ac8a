// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The open files and sockets of this process.
package enum FileDescriptors {
    /// How many there are.
    ///
    /// Those of other tests that run at the same time are among them.
    package static var count: Int {
        #if os(Linux)
            let path = "/proc/self/fd"
        #else
            let path = "/dev/fd"
        #endif
        return (try? FileManager.default.contentsOfDirectory(atPath: path))?.count ?? 0
    }
}
