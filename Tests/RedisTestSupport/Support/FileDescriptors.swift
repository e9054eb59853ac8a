// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The open files and sockets of this process.
package enum FileDescriptors {
    /// How many there are.
    ///
    /// Those of other tests that run at the same time are among them.
    package static var count: Int { entries("/proc/self/fd", "/dev/fd") }
}

/// The threads of this process.
package enum Threads {
    /// How many there are, with those of Swift's tasks, which come and go; zero where the system does not tell.
    package static var count: Int { entries("/proc/self/task") }
}

private func entries(_ paths: String...) -> Int {
    for path in paths {
        if let entries = try? FileManager.default.contentsOfDirectory(atPath: path) { return entries.count }
    }
    return 0
}
