// SPDX-License-Identifier: Apache-2.0

import RedisClient
import Testing

/// The reconnect policy, without a clock.
@Suite("Reconnect policy")
struct SupervisorTests {
    private let settings = Supervisor.Settings()

    @Test func `the backoff doubles up to its maximum`() {
        var supervisor = Supervisor(settings)
        var bound = settings.shortestPause
        for _ in 0..<100 {
            let next = supervisor.failed(isCredential: false, now: 1000, random: 0.999_999)
            #expect((1000 + bound / 2...1000 + bound).contains(next))
            bound = min(bound * 2, settings.longestPause)
        }
    }

    @Test func `the jitter covers the whole backoff`() {
        for random in [0, 0.25, 0.5, 0.75] {
            var supervisor = Supervisor(settings)
            for _ in 0..<30 { _ = supervisor.failed(isCredential: false, now: 0, random: 0.5) }
            let next = supervisor.failed(isCredential: false, now: 0, random: random)
            #expect(next == Int64(Double(settings.longestPause) * random))
        }
    }

    @Test func `a stable connection resets the backoff`() {
        var supervisor = Supervisor(settings)
        for _ in 0..<30 { _ = supervisor.failed(isCredential: false, now: 0, random: 1) }
        // A connection that is lost soon does not reset the backoff.
        supervisor.connected(now: 0)
        let early = supervisor.failed(isCredential: false, now: settings.stableAfter - 1, random: 1)
        #expect(early > settings.longestPause)
        supervisor.connected(now: 0)
        let now = settings.stableAfter
        let late = supervisor.failed(isCredential: false, now: now, random: 1)
        #expect(late == now + settings.shortestPause)
    }

    @Test func `refused credentials have the longest backoff`() {
        for random in [0, 0.5, 0.999] {
            var supervisor = Supervisor(settings)
            let next = supervisor.failed(isCredential: true, now: 0, random: random)
            #expect((settings.credentialPause / 2...settings.credentialPause).contains(next))
        }
    }

    @Test func `replacements of connections have a minimum interval`() {
        var supervisor = Supervisor(settings)
        let start: Int64 = 1 << 40
        let times = [0, 1, settings.shortestReplacement - 1, settings.shortestReplacement]
        let answers = times.map { supervisor.shouldReplace(now: start + $0) }
        #expect(answers == [true, false, false, true])
    }
}
