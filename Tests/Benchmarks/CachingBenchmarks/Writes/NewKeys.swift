// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Keys that no cache has: so many that each is long gone when its turn comes again.
///
/// They are made before anything is measured. Each thread has a part of its own, and goes on where it stopped.
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

    /// Hands out the keys of a thread and the number of the first that was not used yet; the body returns the next one.
    func use(thread: Int, _ body: (_ keys: RequestKeys, _ first: Int) -> Int) {
        let first = positions.withLock { $0[thread] }
        let next = body(keys[thread], first)
        positions.withLock { $0[thread] = next }
    }
}
