// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

struct ManualClockTests {
    @Test func advancingMovesBothClocks() {
        let clock = ManualClock(wallTimeMicroseconds: 1000)
        clock.advance(by: .microseconds(5))
        #expect(clock.now == CacheInstant(nanoseconds: 5000))
        #expect(clock.wallTimeMicroseconds == 1005)
        clock.advance(by: .seconds(-1))
        #expect(clock.wallTimeMicroseconds == 1005)
    }

    @Test(arguments: [.seconds(Int64.max), .nanoseconds(Int64.max), .microseconds(Int64.max)] as [Duration])
    func advancingDoesNotOverflow(duration: Duration) async throws {
        let clock = ManualClock()
        for _ in 1...3 { clock.advance(by: duration) }
        #expect(clock.now == .distantFuture)
        #expect(clock.wallTimeMicroseconds > 1_780_000_000_000_000)
        // A lifetime that is added to the time does not overflow either.
        let manager = CacheManager(backend: RecordingBackend(clock: clock), clock: clock)
        let function = cached(ttl: 60, key: "k", manager: manager) { () async in 1 }
        #expect(try await function() == 1)
        #expect(try await function() == 1)
    }

    @Test func theEndOfTimeWakesEverySleeper() async throws {
        let clock = ManualClock()
        let sleeper = Task { try await clock.sleep(until: .distantFuture) }
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(Int64.max))
        try await sleeper.value
    }
}
