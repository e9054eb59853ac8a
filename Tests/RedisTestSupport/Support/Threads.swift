// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The threads of this process.
package enum Threads {
    /// How many there are, with those of Swift's tasks, which come and go; zero where the system does not tell.
    package static var count: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task"))?.count ?? 0
    }
}
