// SPDX-License-Identifier: Apache-2.0

import RedisClient
import Testing

/// The reconnect policy, without a clock.
@Suite("Reconnect policy")
struct ReconnectPolicyTests {
    private let settings = ReconnectPolicy.Settings()

    @Test func `the backoff doubles up to its maximum`() {
        var reconnectPolicy = ReconnectPolicy(settings)
        var bound = settings.minimumBackoff.nanoseconds
        for _ in 0..<100 {
            let next = reconnectPolicy.failed(isCredential: false, now: 1000, random: 0.999_999)
            #expect((1000 + bound / 2...1000 + bound).contains(next))
            bound = min(bound * 2, settings.maximumBackoff.nanoseconds)
        }
    }

    @Test func `the jitter covers the whole backoff`() {
        for random in [0, 0.25, 0.5, 0.75] {
            var reconnectPolicy = ReconnectPolicy(settings)
            for _ in 0..<30 { _ = reconnectPolicy.failed(isCredential: false, now: 0, random: 0.5) }
            let next = reconnectPolicy.failed(isCredential: false, now: 0, random: random)
            #expect(next == Int64(Double(settings.maximumBackoff.nanoseconds) * random))
        }
    }

    @Test func `a stable connection resets the backoff`() {
        var reconnectPolicy = ReconnectPolicy(settings)
        for _ in 0..<30 { _ = reconnectPolicy.failed(isCredential: false, now: 0, random: 1) }
        // A connection that is lost soon does not reset the backoff.
        reconnectPolicy.connected(now: 0)
        let early = reconnectPolicy.failed(isCredential: false, now: settings.stableLifetime.nanoseconds - 1, random: 1)
        #expect(early > settings.maximumBackoff.nanoseconds)
        reconnectPolicy.connected(now: 0)
        let now = settings.stableLifetime.nanoseconds
        let late = reconnectPolicy.failed(isCredential: false, now: now, random: 1)
        #expect(late == now + settings.minimumBackoff.nanoseconds)
    }

    @Test func `refused credentials have the longest backoff`() {
        let bound = settings.credentialBackoff.nanoseconds
        for random in [0, 0.5, 0.999] {
            var reconnectPolicy = ReconnectPolicy(settings)
            let next = reconnectPolicy.failed(isCredential: true, now: 0, random: random)
            #expect(((bound / 2)...bound).contains(next))
        }
    }

    @Test func `replacements of connections have a minimum interval`() {
        var reconnectPolicy = ReconnectPolicy(settings)
        let start: Int64 = 1 << 40
        let interval = settings.minimumReplacementInterval.nanoseconds
        let times = [0, 1, interval - 1, interval]
        let answers = times.map { reconnectPolicy.shouldReplace(now: start + $0) }
        #expect(answers == [true, false, false, true])
    }
}
