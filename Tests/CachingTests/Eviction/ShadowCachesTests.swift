// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    import Caching
    import Testing

    @Suite("The shadow caches")
    final class ShadowCachesTests {
        private let sketch = FrequencySketch(entries: 64)

        @Test(arguments: [0, 1, 2, 4])
        func noKeyIsSkippedWhenAllRecordsAreResident(recordsPerEntry: Int) throws {
            var shadows = ShadowCaches(
                entries: 64,
                current: .recency,
                resident: 64,
                isExact: true,
                recordsPerEntry: recordsPerEntry
            )
            var random = SeededGenerator(seed: 1)
            for step in 0..<20_000 {
                let key = step % 3 == 0 ? step : Int.random(in: 0..<100, using: &random)
                shadows.access(mixedHash(key), sketch: sketch)
                // The shadow of CLOCK, which is all window, holds every key; the other shadows may drop it at once.
                let holders = shadows.holders(of: mixedHash(key))
                #expect(holders?.contains(.clock) == true)
                if step % 1000 == 0 { try shadows.checkInvariants() }
            }
            try shadows.checkInvariants()
        }

        @Test func `the shadows hold as many entries as the cache holds keys of the sample`() throws {
            var shadows = ShadowCaches(entries: 100, current: .recency, resident: 0, isExact: false)
            func holding() -> Int { (0..<1000).count { shadows.holders(of: mixedHash($0))?.contains(.clock) == true } }
            for key in 0..<1000 { shadows.access(mixedHash(key), sketch: sketch) }
            #expect(holding() == 100)
            for (resident, expected) in [(80, 80), (0, 1), (120, 120), (500, 125), (101, 101)] {
                shadows.resident = resident
                shadows.fit()
                try shadows.checkInvariants()
                for key in 0..<1000 { shadows.access(mixedHash(key), sketch: sketch) }
                #expect(holding() == expected)
                try shadows.checkInvariants()
            }
        }

        @Test func `an expert is chosen when it leads by a quarter of the cache`() {
            var shadows = ShadowCaches(entries: 64, current: .clock, resident: 64, isExact: true)
            // In a loop slightly larger than the cache, CLOCK never hits.
            for step in 0..<20_000 { shadows.access(mixedHash(step % 80), sketch: sketch) }
            #expect(shadows.current != .clock)
        }
    }
#endif
