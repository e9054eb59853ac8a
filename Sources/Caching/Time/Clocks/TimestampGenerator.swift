// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Gives out wall-clock stamps in microseconds that strictly increase within a manager.
///
/// Two things in the same microsecond, or a wall clock that is set back, would otherwise make an entry look older than
/// the invalidation it came after.
final class TimestampGenerator: Sendable {
    private let clock: any CacheClock
    private let last = Mutex<Int64>(.min)

    init(clock: any CacheClock) { self.clock = clock }

    func next() -> Int64 {
        let wall = clock.wallTimeMicroseconds
        return last.withLock { last in
            last = max(wall, last &+ 1)
            return last
        }
    }
}
