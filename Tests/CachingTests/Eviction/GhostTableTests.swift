// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

@Suite("The ghost table")
struct GhostTableTests {
    private func hash(_ key: Int) -> PolicyHash { PolicyHash(mixedHash(key)) }

    @Test func aGhostTellsHowOldItIsOnce() {
        var ghosts = GhostTable(entries: 100)
        ghosts.put(hash(1), lastSeen: 10, missClock: 12)
        #expect(ghosts.take(hash(1), missClock: 30) == 20)
        #expect(ghosts.take(hash(1), missClock: 30) == 0)
        #expect(ghosts.take(hash(2), missClock: 30) == 0)
    }

    @Test func `an age is at least one and is right across the wrap of the clock`() {
        var ghosts = GhostTable(entries: 100)
        ghosts.put(hash(1), lastSeen: 10, missClock: 10)
        #expect(ghosts.take(hash(1), missClock: 10) == 1)
        ghosts.put(hash(1), lastSeen: 65_530, missClock: 65_533)
        #expect(ghosts.take(hash(1), missClock: 4) == 10)
    }

    @Test func `a key that is stored twice is found once, with its last position`() {
        // One bucket, so that other keys leave empty places before the key.
        var ghosts = GhostTable(entries: 4)
        for key in 0..<4 { ghosts.put(hash(key), lastSeen: UInt16(key), missClock: 4) }
        #expect(ghosts.take(hash(0), missClock: 10) == 10)
        ghosts.put(hash(3), lastSeen: 8, missClock: 8)
        #expect(ghosts.take(hash(3), missClock: 10) == 2)
        #expect(ghosts.take(hash(3), missClock: 10) == 0)
    }

    @Test func aFullBucketForgetsItsOldest() {
        var ghosts = GhostTable(entries: 4)
        // Positions across the wrap of the 16-bit clock: the fourth is the oldest.
        let positions: [UInt16] = [5, 65_530, 9, 65_000, 65_531, 7, 65_529, 8]
        for (key, lastSeen) in positions.enumerated() { ghosts.put(hash(key), lastSeen: lastSeen, missClock: 10) }
        ghosts.put(hash(8), lastSeen: 10, missClock: 10)
        #expect(ghosts.take(hash(3), missClock: 20) == 0)
        for key in [0, 1, 2, 4, 5, 6, 7, 8] { #expect(ghosts.take(hash(key), missClock: 20) != 0) }
    }

    @Test(arguments: [1, 2, 3, 4, 10, 100])
    func remembersAboutTwiceAsManyKeysAsThereAreEntries(entries: Int) {
        var ghosts = GhostTable(entries: entries)
        for key in 0..<entries * 10 { ghosts.put(hash(key), lastSeen: UInt16(key), missClock: UInt16(key)) }
        let known = (0..<entries * 10).count { ghosts.take(hash($0), missClock: UInt16(entries * 10)) != 0 }
        #expect(known <= max(2, entries * 2 + 4))
        #expect(known >= entries)
    }

    /// Returns the part of the ghosts that a table keeps when it is resized.
    private func partKept(from old: Int, to new: Int) -> Double {
        var ghosts = GhostTable(entries: old)
        var copy = GhostTable(entries: old)
        for key in 0..<old * 4 {
            ghosts.put(hash(key), lastSeen: UInt16(key), missClock: UInt16(key))
            copy.put(hash(key), lastSeen: UInt16(key), missClock: UInt16(key))
        }
        ghosts.resize(entries: new)
        var (known, kept) = (0, 0)
        for key in 0..<old * 4 {
            let age = copy.take(hash(key), missClock: 5000)
            guard age != 0 else { continue }
            known += 1
            if ghosts.take(hash(key), missClock: 5000) == age { kept += 1 }
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
