// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

@Suite("The frequency sketch")
struct FrequencySketchTests {
    /// Adds hashes, too few for halving, and returns their counts.
    private func fill(_ sketch: inout FrequencySketch, entries: Int, seed: UInt64) -> [Int: Int] {
        var random = SeededGenerator(seed: seed)
        var counts: [Int: Int] = [:]
        for _ in 0..<max(16, entries * 20) - 1 {
            let key = Int.random(in: 0..<entries * 3, using: &random) * Int.random(in: 0...1, using: &random)
            counts[key, default: 0] += 1
            sketch.add(PolicyHash(mixedHash(key)))
        }
        return counts
    }

    private func underestimates(_ sketch: borrowing FrequencySketch, _ counts: [Int: Int]) -> [Int] {
        var wrong: [Int] = []
        for (key, count) in counts where sketch.estimate(PolicyHash(mixedHash(key))) < min(15, count) {
            wrong.append(key)
        }
        return wrong
    }

    @Test(arguments: [1, 2, 3, 10, 100, 1000])
    func neverUnderestimatesBeforeItIsHalved(entries: Int) {
        var sketch = FrequencySketch(entries: entries)
        let counts = fill(&sketch, entries: entries, seed: 1)
        #expect(underestimates(sketch, counts) == [])
    }

    @Test func seldomOverestimates() {
        var sketch = FrequencySketch(entries: 1000)
        let counts = fill(&sketch, entries: 1000, seed: 2)
        let unknown = (10_000..<11_000).map { sketch.estimate(PolicyHash(mixedHash($0))) }
        #expect(unknown.reduce(0, +) < 2 * unknown.count)
        #expect(counts.count > 1000)
    }

    @Test func countsToFifteenAndNoFurther() {
        var sketch = FrequencySketch(entries: 10)
        let hash = PolicyHash(mixedHash(7))
        for expected in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 15, 15] {
            sketch.add(hash)
            #expect(sketch.estimate(hash) == expected)
        }
    }

    @Test func isHalvedAfterTwentyAdditionsForEachEntry() {
        var sketch = FrequencySketch(entries: 1000)
        let hash = PolicyHash(mixedHash(-1))
        for _ in 0..<8 { sketch.add(hash) }
        for key in 0..<20_000 - 9 { sketch.add(PolicyHash(mixedHash(key))) }
        let before = sketch.estimate(hash)
        #expect(before >= 8)
        sketch.add(PolicyHash(mixedHash(20_000)))
        #expect(sketch.estimate(hash) == before / 2)
    }

    @Test(arguments: [(100, 200), (100, 777), (777, 100), (100, 3), (3, 100), (1000, 999), (999, 1000), (5, 1)])
    func keepsItsEstimatesWhenItIsResized(from old: Int, to new: Int) {
        var sketch = FrequencySketch(entries: old)
        let counts = fill(&sketch, entries: old, seed: 3)
        sketch.resize(entries: new)
        #expect(underestimates(sketch, counts) == [])
        sketch.resize(entries: old)
        #expect(underestimates(sketch, counts) == [])
    }

    @Test func growingMakesNoKeyMoreFrequent() {
        var sketch = FrequencySketch(entries: 100)
        let counts = fill(&sketch, entries: 100, seed: 4)
        let before = counts.keys.map { ($0, sketch.estimate(PolicyHash(mixedHash($0)))) }
        sketch.resize(entries: 400)
        for (key, estimate) in before { #expect(sketch.estimate(PolicyHash(mixedHash(key))) <= estimate) }
    }
}
