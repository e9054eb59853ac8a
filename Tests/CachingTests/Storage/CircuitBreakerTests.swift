// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

@Suite("The circuit breaker")
struct CircuitBreakerTests {
    private var breaker = CircuitBreaker()
    private var now = CacheInstant(nanoseconds: 0)

    /// Records failures until the breaker opens.
    private mutating func open() -> CircuitBreaker.Transition? {
        var last: CircuitBreaker.Transition?
        for _ in 0..<CircuitBreaker.failuresToOpen {
            guard let permit = breaker.admit(now: now) else { return last }
            last = breaker.record(.unreachable, permit, now: now)
        }
        return last
    }

    private mutating func probe() throws -> CircuitBreaker.Permit {
        let permit = breaker.admit(now: now)
        return try #require(permit)
    }

    @Test mutating func aFewFailuresInARowOpenTheBreaker() {
        let transition = open()
        #expect(transition == .opened(CircuitBreaker.firstPause))
        #expect(!breaker.isClosed)
        let permit = breaker.admit(now: now)
        #expect(permit == nil)
    }

    @Test mutating func aSuccessBetweenFailuresKeepsItClosed() throws {
        for _ in 0..<20 {
            for _ in 1..<CircuitBreaker.failuresToOpen {
                let permit = try probe()
                _ = breaker.record(.unreachable, permit, now: now)
            }
            let permit = try probe()
            _ = breaker.record(.success, permit, now: now)
        }
        #expect(breaker.isClosed)
    }

    @Test mutating func `refused writes and damaged entries never open the breaker`() throws {
        for _ in 0..<1000 {
            let permit = try probe()
            let transition = breaker.record(.noVerdict, permit, now: now)
            #expect(transition == nil)
        }
        #expect(breaker.isClosed)
    }

    @Test mutating func `after the pause exactly one operation probes the backend`() throws {
        _ = open()
        now = now.advanced(by: CircuitBreaker.firstPause)
        let permit = try probe()
        for _ in 0..<100 {
            let other = breaker.admit(now: now)
            #expect(other == nil)
        }
        let transition = breaker.record(.success, permit, now: now)
        #expect(transition == .closed)
        #expect(breaker.isClosed)
    }

    @Test mutating func `a probe without a verdict lets the next operation probe`() throws {
        _ = open()
        now = now.advanced(by: CircuitBreaker.firstPause)
        for _ in 0..<10 {
            let permit = try probe()
            let transition = breaker.record(.noVerdict, permit, now: now)
            #expect(transition == nil)
        }
        let permit = try probe()
        let transition = breaker.record(.success, permit, now: now)
        #expect(transition == .closed)
    }

    @Test mutating func `a failed probe doubles the pause up to a limit`() throws {
        _ = open()
        var pause = CircuitBreaker.firstPause
        for _ in 0..<10 {
            now = now.advanced(by: pause)
            let permit = try probe()
            pause = min(pause * 2, CircuitBreaker.longestPause)
            let transition = breaker.record(.unreachable, permit, now: now)
            #expect(transition == .opened(pause))
        }
        #expect(pause == CircuitBreaker.longestPause)
        now = now.advanced(by: pause)
        let permit = try probe()
        _ = breaker.record(.success, permit, now: now)
        let transition = open()
        #expect(transition == .opened(CircuitBreaker.firstPause))
    }

    @Test mutating func `outcomes of operations from before the breaker opened are ignored`() throws {
        let slow = try probe()
        _ = open()
        let transition = breaker.record(.success, slow, now: now)
        #expect(transition == nil)
        #expect(!breaker.isClosed)
    }
}
