// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

@Suite("Changes that a backend did not confirm")
struct MissedChangesTests {
    @Test func theyAreTakenOnceAndHoldReadsUntilTheyAreMadeUpFor() {
        var missed = MissedChanges()
        #expect(!missed.holdsReads)
        missed.insert(.key("a"))
        missed.insert(.tag("a"))
        missed.insert(.pattern("a"))
        missed.insert(.key("a"))
        #expect(missed.holdsReads)
        #expect(missed.take()?.count == 3)
        #expect(missed.isEmpty)
        #expect(missed.holdsReads)
        #expect(missed.take() == nil)
        missed.finish(failed: [])
        #expect(!missed.holdsReads)
    }

    @Test func whatFailedIsMissedAgain() {
        var missed = MissedChanges()
        missed.insert(.key("a"))
        missed.insert(.key("b"))
        _ = missed.take()
        missed.insert(.key("c"))
        missed.finish(failed: [.key("b")])
        #expect(Set(missed.take() ?? []) == [.key("b"), .key("c")])
    }

    @Test func aKeyThatWasChangedMeanwhileIsNotRemoved() {
        var missed = MissedChanges()
        missed.insert(.key("a"))
        missed.insert(.key("b"))
        _ = missed.take()
        missed.remove(key: "a")
        #expect(!missed.isStillMissed(.key("a")))
        #expect(missed.isStillMissed(.key("b")))
        missed.finish(failed: [.key("a"), .key("b")])
        #expect(missed.take() == [.key("b")])
    }

    @Test func tooManyAreEverything() {
        var missed = MissedChanges()
        for number in 0..<MissedChanges.capacity { missed.insert(.key("\(number)")) }
        var full = missed
        #expect(full.take()?.count == 1_024)
        missed.insert(.tag("t"))
        missed.insert(.key("more"))
        #expect(missed.take() == [.everything])
        missed.finish(failed: [.everything])
        #expect(missed.take() == [.everything])
    }

    @Test func textsAreComparedByTheirBytes() {
        var missed = MissedChanges()
        for text in ["caf\u{E9}", "cafe\u{301}"] {
            missed.insert(.key(text))
            missed.insert(.tag(text))
            missed.insert(.pattern(KeyPattern(text + "*")))
        }
        #expect(missed.take()?.count == 6)
    }
}
