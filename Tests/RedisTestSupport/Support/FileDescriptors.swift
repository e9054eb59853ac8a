// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The open descriptors of this process.
package enum FileDescriptors {
    /// The number of open descriptors, including those of concurrent tests.
    package static var count: Int {
        #if os(Linux)
            let path = "/proc/self/fd"
        #else
            let path = "/dev/fd"
        #endif
        return (try? FileManager.default.contentsOfDirectory(atPath: path))?.count ?? 0
    }
}
