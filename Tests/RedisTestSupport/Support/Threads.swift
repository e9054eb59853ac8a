// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The threads of this process.
package enum Threads {
    /// The number of threads, including the varying number of those of Swift's tasks; zero where it is unknown.
    package static var count: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task"))?.count ?? 0
    }
}
