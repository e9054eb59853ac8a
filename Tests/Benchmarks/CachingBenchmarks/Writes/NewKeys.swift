// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Keys that no cache holds: so many that each was evicted long before it is used again.
///
/// They are made before the measurement. Each thread has its own part and continues where it stopped.
final class NewKeys: Sendable {
    private static let keysPerThread = 1 << 20

    private let keys: [RequestKeys]
    private let positions: Mutex<[Int]>

    init(threads: Int) {
        keys = (0..<threads).map { thread in
            RequestKeys((0..<Self.keysPerThread).map { "new:\(thread * Self.keysPerThread + $0)" })
        }
        positions = Mutex([Int](repeating: 0, count: threads))
    }

    /// Calls a closure with the keys of a thread and the number of the first unused one; it returns the next number.
    func use(thread: Int, _ body: (_ keys: RequestKeys, _ first: Int) -> Int) {
        let first = positions.withLock { $0[thread] }
        let next = body(keys[thread], first)
        positions.withLock { $0[thread] = next }
    }
}
