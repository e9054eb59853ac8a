// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

@Suite("The ghost table")
struct GhostTableTests {
    private func hash(_ key: Int) -> PolicyHash { PolicyHash(mixedHash(key)) }

    @Test func aGhostTellsHowOldItIsOnce() {
        var ghosts = GhostTable(entries: 100)
        ghosts.put(hash(1), stamp: 10, now: 12)
        #expect(ghosts.take(hash(1), now: 30) == 20)
        #expect(ghosts.take(hash(1), now: 30) == 0)
        #expect(ghosts.take(hash(2), now: 30) == 0)
    }

    @Test func anAgeIsAtLeastOneAndCountsAcrossTheEndOfTheClock() {
        var ghosts = GhostTable(entries: 100)
        ghosts.put(hash(1), stamp: 10, now: 10)
        #expect(ghosts.take(hash(1), now: 10) == 1)
        ghosts.put(hash(1), stamp: 65_530, now: 65_533)
        #expect(ghosts.take(hash(1), now: 4) == 10)
    }

    @Test func aKeyThatIsPutTwiceComesBackOnceWithItsLastStamp() {
        // One bucket, so that other keys make gaps before it.
        var ghosts = GhostTable(entries: 4)
        for key in 0..<4 { ghosts.put(hash(key), stamp: UInt16(key), now: 4) }
        #expect(ghosts.take(hash(0), now: 10) == 10)
        ghosts.put(hash(3), stamp: 8, now: 8)
        #expect(ghosts.take(hash(3), now: 10) == 2)
        #expect(ghosts.take(hash(3), now: 10) == 0)
    }

    @Test func aFullBucketForgetsItsOldest() {
        var ghosts = GhostTable(entries: 4)
        // Stamps across the end of the 16-bit clock: the oldest is the fourth.
        let stamps: [UInt16] = [5, 65_530, 9, 65_000, 65_531, 7, 65_529, 8]
        for (key, stamp) in stamps.enumerated() { ghosts.put(hash(key), stamp: stamp, now: 10) }
        ghosts.put(hash(8), stamp: 10, now: 10)
        #expect(ghosts.take(hash(3), now: 20) == 0)
        for key in [0, 1, 2, 4, 5, 6, 7, 8] { #expect(ghosts.take(hash(key), now: 20) != 0) }
    }

    @Test(arguments: [1, 2, 3, 4, 10, 100])
    func remembersAboutTwiceAsManyKeysAsThereAreEntries(entries: Int) {
        var ghosts = GhostTable(entries: entries)
        for key in 0..<entries * 10 { ghosts.put(hash(key), stamp: UInt16(key), now: UInt16(key)) }
        let known = (0..<entries * 10).count { ghosts.take(hash($0), now: UInt16(entries * 10)) != 0 }
        #expect(known <= max(2, entries * 2 + 4))
        #expect(known >= entries)
    }

    /// The part of the ghosts that a table has after it was resized, and had before.
    private func partKept(from old: Int, to new: Int) -> Double {
        var ghosts = GhostTable(entries: old)
        var copy = GhostTable(entries: old)
        for key in 0..<old * 4 {
            ghosts.put(hash(key), stamp: UInt16(key), now: UInt16(key))
            copy.put(hash(key), stamp: UInt16(key), now: UInt16(key))
        }
        ghosts.resize(entries: new)
        var (known, kept) = (0, 0)
        for key in 0..<old * 4 {
            let age = copy.take(hash(key), now: 5000)
            guard age != 0 else { continue }
            known += 1
            if ghosts.take(hash(key), now: 5000) == age { kept += 1 }
        }
        return Double(kept) / Double(known)
    }

    @Test(arguments: [(100, 200), (4, 8), (100, 400), (100, 1000), (4, 100)])
    func growingByAWholeFactorForgetsNothing(from old: Int, to new: Int) {
        #expect(partKept(from: old, to: new) > 0.995)
    }

    @Test(arguments: [(100, 137), (100, 101), (100, 190), (1000, 900), (2, 100), (3, 4)])
    func anotherSizeForgetsLessThanHalf(from old: Int, to new: Int) {
        #expect(partKept(from: old, to: new) > 0.5)
    }

    @Test(arguments: [(200, 100), (1000, 100), (100, 2)])
    func shrinkingFillsTheSmallerTable(from old: Int, to new: Int) {
        #expect(partKept(from: old, to: new) >= 0.6 * Double(new) / Double(old))
    }
}
