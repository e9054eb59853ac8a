// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    import Caching
    import Testing

    @Suite("The eviction policy")
    struct EvictionPolicyTests {
        @Test(arguments: Expert.allCases)
        func nothingIsEvictedBeforeItIsFull(expert: Expert) throws {
            let cache = PolicyCache(capacity: 1000, expert: expert)
            for key in 0..<1000 { cache.request(key) }
            #expect(cache.evicted == [])
            #expect(cache.policy.count == 1000)
            cache.request(1000)
            #expect(cache.evicted.count == 1)
            try cache.policy.checkInvariants()
        }

        @Test(arguments: [(Expert.frequency, 3), (.recencyWideWindow, 300), (.clock, 1000), (.recency, 50)])
        func theWindowHasTheShareOfTheExpert(expert: Expert, window: Int) {
            let cache = PolicyCache(capacity: 1000, expert: expert)
            #expect(expert.window(of: 1000) == window)
            for key in 0..<1000 { cache.request(key) }
            #expect(cache.policy.queueCounts == (window, 1000 - window))
            var random = SeededGenerator(seed: 1)
            for _ in 0..<20_000 {
                cache.request(Int.random(in: 0..<Int.random(in: 1...4000, using: &random), using: &random))
            }
            #expect(cache.policy.queueCounts == (window, 1000 - window))
        }

        @Test func `a window has at least one entry and at most the capacity`() {
            for expert in Expert.allCases {
                for capacity in 1...400 {
                    #expect(1...capacity ~= expert.window(of: capacity), "\(expert) of \(capacity)")
                }
                #expect(expert.window(of: 0) == 0)
                #expect(expert.window(of: .max) <= .max)
            }
        }

        @Test func anEntryThatWasHitGetsASecondChanceAndOnlyOne() {
            let cache = PolicyCache(capacity: 3, expert: .clock)
            for key in [1, 2, 3, 1] { cache.request(key) }
            cache.request(4)
            #expect(cache.evicted == [2])
            cache.request(5)
            #expect(cache.evicted == [2, 3])
            cache.request(6)
            #expect(cache.evicted == [2, 3, 1])
        }

        @Test func `an entry of the main queue gets one round for each hit, up to three`() {
            // A window of 1: a key that returns from the ghosts is admitted instead of older entries of the main queue.
            let cache = PolicyCache(capacity: 20, expert: .recency)
            for key in 0..<20 { cache.request(key) }
            for key in [0, 0, 0, 0, 0, 1, 1, 2] { cache.request(key) }
            var new = 100
            func evictFromMain() {
                // New keys are not admitted. This one is evicted, returns at once, and is admitted then.
                cache.request(new)
                cache.request(new + 1)
                cache.request(new)
                cache.request(new + 2)
                new += 10
            }
            for _ in 0..<16 { evictFromMain() }
            #expect((3..<19).allSatisfy { !cache.contains($0) })
            #expect((0..<3).allSatisfy { cache.contains($0) })
            for _ in 0..<200 { evictFromMain() }
            #expect((0..<3).allSatisfy { !cache.contains($0) })
        }

        @Test func aKeyThatComesBackKnowsItsAbsenceOnce() {
            let cache = PolicyCache(capacity: 2, expert: .clock)
            for key in [1, 2, 3] { cache.request(key) }
            #expect(cache.evicted == [1])
            cache.request(1)
            #expect(cache.slots[1].map { cache.policy.absence(of: $0) } == 3)
            cache.remove(1)
            cache.request(1)
            #expect(cache.slots[1].map { cache.policy.absence(of: $0) } == 0)
        }

        @Test func aRemovedKeyLeavesNoGhost() {
            let cache = PolicyCache(capacity: 10, expert: .recency)
            for key in 0..<10 { cache.request(key) }
            for key in 0..<10 { cache.remove(key) }
            for key in 0..<10 { cache.request(key) }
            for (_, slot) in cache.slots { #expect(cache.policy.absence(of: slot) == 0) }
        }

        @Test(arguments: Expert.allCases)
        func theSlotsOfRemovedEntriesAreUsedAgain(expert: Expert) throws {
            let cache = PolicyCache(capacity: 100, expert: expert)
            for key in 0..<5000 {
                cache.request(key)
                if key % 3 != 0 { cache.remove(key) }
                if key % 7 == 0 { cache.remove(key - 20) }
            }
            #expect(cache.policy.usedSlots.count <= 100 + 100 / 8 + 17)
            try cache.policy.checkInvariants()
        }

        @Test(arguments: Expert.allCases)
        func fewRemovedEntriesKeepTheirSlots(expert: Expert) throws {
            let cache = PolicyCache(capacity: 1000, expert: expert)
            for key in 0..<1000 { cache.request(key) }
            var random = SeededGenerator(seed: 3)
            for key in (0..<1000).shuffled(using: &random) {
                cache.remove(key)
                #expect(cache.policy.deadSlots <= cache.policy.count / 8 + 16)
            }
            #expect(cache.policy.count == 0)
            #expect(cache.policy.cost == 0)
            try cache.policy.checkInvariants()
            for key in 0..<1001 { cache.request(key) }
            #expect(cache.evicted.count == 1)
            #expect(cache.policy.usedSlots.count <= 1016)
            try cache.policy.checkInvariants()
        }

        @Test(arguments: [1, 2, 3, 4, 5, 10], Expert.allCases)
        func tinyCachesWork(capacity: Int, expert: Expert) throws {
            let cache = PolicyCache(capacity: capacity, expert: expert)
            var random = SeededGenerator(seed: 4)
            for step in 0..<3000 {
                let key = Int.random(in: 0..<capacity * 3, using: &random)
                if step % 5 == 4 { cache.remove(key) } else { cache.request(key) }
                if step % 50 == 0 { try cache.policy.checkInvariants() }
            }
            #expect(cache.slots.count == cache.policy.count)
            #expect(cache.slots.count <= capacity)
        }

        @Test func aPolicyOfNoCapacityHasRoomForNothing() throws {
            var policy = EvictionPolicy(capacity: 0)
            var room = [policy.hasRoom(for: 1), policy.hasRoom(for: 0)]
            policy.resize(to: 1)
            room.append(policy.hasRoom(for: 1))
            policy.recordMiss(7)
            _ = policy.insert(7)
            policy.resize(to: 0)
            room.append(policy.hasRoom(for: 0))
            _ = policy.evict()
            room.append(policy.hasRoom(for: 0))
            #expect(room == [false, true, true, false, true])
            try policy.checkInvariants()
        }

        @Test(arguments: Expert.allCases, Expert.allCases)
        func `after a change of the expert, the window changes by at most four entries per miss`(
            from old: Expert,
            to new: Expert
        ) throws {
            let cache = PolicyCache(capacity: 1000, expert: old)
            for key in 0..<2000 { cache.request(key) }
            cache.expert = new
            var window = cache.policy.queueCounts.window
            for key in 3000..<6000 {
                cache.request(key)
                let now = cache.policy.queueCounts.window
                #expect(abs(now - window) <= 4)
                window = now
            }
            #expect(window == new.window(of: 1000))
            #expect(cache.policy.count == 1000)
            try cache.policy.checkInvariants()
        }

        @Test func `hits and removals of entries in any order leave the policy intact`() throws {
            // Slots of removed entries stay linked while other entries are hit and evicted.
            let cache = PolicyCache(capacity: 10, expert: .recency)
            for key in 0..<10 { cache.request(key) }
            for key in 0..<5 { cache.remove(key) }
            for key in 5..<10 { for _ in 0..<10 { cache.request(key) } }
            for key in 20..<60 { cache.request(key) }
            try cache.policy.checkInvariants()
            #expect(cache.policy.count == 10)
        }
    }
#endif
