// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    import Caching
    import Testing

    @Suite("The slot index")
    struct SlotIndexTests {
        /// The choice of the hashes of slots.
        enum Hashes: CaseIterable {
            case same
            case sameHome
            case sameTag
            case atTheEnd
            case random

            func hash(_ slot: Int) -> UInt32 {
                switch self {
                case .same: 0x1234_5678
                case .sameHome: 0x8000_0000 | UInt32(slot % 256)
                case .sameTag: mixedHash(slot) & ~0xFF | 7
                case .atTheEnd: .max - UInt32(slot % 512)
                case .random: mixedHash(slot)
                }
            }
        }

        @Test(arguments: Hashes.allCases, [1, 7, 100, 600])
        func agreesWithADictionary(_ hashes: Hashes, slotCount: Int) throws {
            let column = UnsafeColumn<Slot, UInt32>(count: slotCount)
            for slot in 0..<slotCount { column[Slot(slot)] = hashes.hash(slot) }
            var index = SlotIndex(slots: slotCount)
            var present = Set<Int>()
            var random = SeededGenerator(seed: 1)
            for step in 0..<4000 {
                // Fills the index and empties it, in turns.
                let slot = Int.random(in: 0..<slotCount, using: &random)
                let isFilling = step / 1000 % 2 == 0
                if present.contains(slot), !isFilling || step % 5 == 0 {
                    index.remove(column[Slot(slot)], slot: Slot(slot), hashes: column)
                    present.remove(slot)
                } else if !present.contains(slot), isFilling || step % 5 == 0 {
                    index.insert(column[Slot(slot)], slot: Slot(slot), hashes: column)
                    present.insert(slot)
                }
                let asked = Int.random(in: 0..<slotCount, using: &random)
                let found = index.find(column[Slot(asked)]) { $0.index == asked }
                #expect(found?.index == (present.contains(asked) ? asked : nil))
                if step % 500 == 0 { try index.checkInvariants(hashes: column) }
            }
            try index.checkInvariants(hashes: column)
            #expect(index.count == present.count)
        }

        @Test func asksTheOwnerOnlyAboutSlotsWithTheTagOfTheHash() {
            let column = UnsafeColumn<Slot, UInt32>(count: 1000)
            var index = SlotIndex(slots: 1000)
            for slot in 0..<1000 {
                column[Slot(slot)] = mixedHash(slot)
                index.insert(column[Slot(slot)], slot: Slot(slot), hashes: column)
            }
            var asked = 0
            for slot in 0..<1000 {
                let hash = mixedHash(slot + 5000)
                let found = index.find(hash) { candidate in
                    asked += 1
                    return column[candidate] == hash
                }
                #expect(found == nil)
            }
            #expect(asked < 50)
        }

        @Test func removingWhatIsNotThereChangesNothing() throws {
            let column = UnsafeColumn<Slot, UInt32>(count: 10)
            for slot in 0..<10 { column[Slot(slot)] = 42 }
            var index = SlotIndex(slots: 10)
            for slot in 0..<5 { index.insert(42, slot: Slot(slot), hashes: column) }
            index.remove(42, slot: 7, hashes: column)
            index.remove(99, slot: 1, hashes: column)
            let count = index.count
            #expect(count == 5)
            try index.checkInvariants(hashes: column)
        }

        @Test(arguments: [1, 11, 12, 100, 1000, 1024, 4095])
        func `it holds the number of slots it was created for, without extra room`(slotCount: Int) throws {
            let column = UnsafeColumn<Slot, UInt32>(count: slotCount)
            var index = SlotIndex(slots: slotCount)
            for slot in 0..<slotCount {
                column[Slot(slot)] = mixedHash(slot)
                index.insert(column[Slot(slot)], slot: Slot(slot), hashes: column)
            }
            try index.checkInvariants(hashes: column)
            let size = index.size
            #expect(size <= max(16, slotCount * 5 / 3 + 2))
            let looks = (0..<slotCount).reduce(0) { $0 + index.probeLength(column[Slot($1)]) }
            #expect(looks < 9 * slotCount)
        }

        @Test func `after a resize it grows beyond its first size`() throws {
            let column = UnsafeColumn<Slot, UInt32>(count: 3000)
            var index = SlotIndex(slots: 10)
            index.resize(slots: 3000)
            for slot in 0..<3000 {
                column[Slot(slot)] = mixedHash(slot)
                index.insert(column[Slot(slot)], slot: Slot(slot), hashes: column)
            }
            index.resize(slots: 10)
            try index.checkInvariants(hashes: column)
            for slot in 0..<3000 {
                let found = index.find(column[Slot(slot)]) { $0.index == slot }
                #expect(found?.index == slot)
            }
        }
    }
#endif
