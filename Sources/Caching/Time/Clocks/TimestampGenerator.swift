// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A source of wall times in microseconds that strictly increase within a manager.
///
/// Otherwise two events in the same microsecond, or a wall clock that is set back, could make an entry look older than an
/// invalidation before it.
final class TimestampGenerator: Sendable {
    private let clock: any CacheClock
    private let last = Mutex<Int64>(.min)

    init(clock: any CacheClock) { self.clock = clock }

    /// Returns the current wall time, or the successor of the last timestamp if that is later.
    func next() -> Int64 {
        let wall = clock.wallTimeMicroseconds
        return last.withLock { last in
            last = max(wall, last &+ 1)
            return last
        }
    }
}
