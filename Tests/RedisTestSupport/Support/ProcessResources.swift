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

/// The threads of this process.
package enum Threads {
    /// The number of threads, including the varying number of those of Swift's tasks; zero where it is unknown.
    package static var count: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task"))?.count ?? 0
    }
}
