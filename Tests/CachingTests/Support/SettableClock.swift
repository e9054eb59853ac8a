// SPDX-License-Identifier: Apache-2.0

import Caching
import Synchronization

/// A clock that can be set to any time, and on which no task can sleep.
final class SettableClock: CacheClock {
    private let time: Atomic<Int64>

    init(nanoseconds: Int64 = 0) { time = Atomic(nanoseconds) }

    var nanoseconds: Int64 {
        get { time.load(ordering: .relaxed) }
        set { time.store(newValue, ordering: .relaxed) }
    }

    var now: CacheInstant { CacheInstant(nanoseconds: nanoseconds) }
    var wallTimeMicroseconds: Int64 { 1_780_000_000_000_000 }

    func sleep(until deadline: CacheInstant) async throws { throw CancellationError() }
}
