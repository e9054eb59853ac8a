// SPDX-License-Identifier: Apache-2.0

import RedisClient
import Testing

/// When a client connects again, as a machine.
@Suite("Pauses between attempts to connect")
struct SupervisorTests {
    private let settings = Supervisor.Settings()

    @Test func theBoundOfAPauseDoublesUntilItIsTheLongest() {
        var supervisor = Supervisor(settings)
        var bound = settings.shortestPause
        for _ in 0..<100 {
            let next = supervisor.failed(isCredential: false, now: 1000, random: 0.999_999)
            #expect((1000 + bound / 2...1000 + bound).contains(next))
            bound = min(bound * 2, settings.longestPause)
        }
    }

    @Test func aPauseIsAnywhereBelowItsBound() {
        for random in [0, 0.25, 0.5, 0.75] {
            var supervisor = Supervisor(settings)
            for _ in 0..<30 { _ = supervisor.failed(isCredential: false, now: 0, random: 0.5) }
            let next = supervisor.failed(isCredential: false, now: 0, random: random)
            #expect(next == Int64(Double(settings.longestPause) * random))
        }
    }

    @Test func onlyAConnectionThatLivedForAWhileStartsAnew() {
        var supervisor = Supervisor(settings)
        for _ in 0..<30 { _ = supervisor.failed(isCredential: false, now: 0, random: 1) }
        // One that is lost at once is as bad as none: no loop of connections.
        supervisor.connected(now: 0)
        let early = supervisor.failed(isCredential: false, now: settings.stableAfter - 1, random: 1)
        #expect(early > settings.longestPause)
        supervisor.connected(now: 0)
        let now = settings.stableAfter
        let late = supervisor.failed(isCredential: false, now: now, random: 1)
        #expect(late == now + settings.shortestPause)
    }

    @Test func aRefusedPasswordIsNotSentOften() {
        for random in [0, 0.5, 0.999] {
            var supervisor = Supervisor(settings)
            let next = supervisor.failed(isCredential: true, now: 0, random: random)
            #expect((settings.credentialPause / 2...settings.credentialPause).contains(next))
        }
    }

    @Test func aServerIsLeftForItsSuccessorOnceInAWhile() {
        var supervisor = Supervisor(settings)
        let start: Int64 = 1 << 40
        let times = [0, 1, settings.shortestReplacement - 1, settings.shortestReplacement]
        let answers = times.map { supervisor.shouldReplace(now: start + $0) }
        #expect(answers == [true, false, false, true])
    }
}
