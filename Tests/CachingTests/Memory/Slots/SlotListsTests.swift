// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    import Caching
    import Testing

    @Suite("Lists of slots")
    struct SlotListsTests {
        @Test func agreeWithArrays() throws {
            var lists = SlotLists(lists: 3)
            var model = [[Slot]](repeating: [], count: 3)
            var random = SeededGenerator(seed: 1)
            for step in 0..<20_000 {
                let slot = Slot(Int.random(in: 0..<300, using: &random))
                let list = Int.random(in: 0..<model.count, using: &random)
                let other = Int.random(in: 0..<model.count, using: &random)
                switch Int.random(in: 0..<100, using: &random) {
                case 0..<60 where !lists.contains(slot):
                    lists.insert(slot, into: list)
                    model[list].insert(slot, at: 0)
                case 0..<95:
                    lists.remove(slot)
                    for list in model.indices { model[list].removeAll { $0 == slot } }
                case 95..<99 where list != other:
                    lists.moveAll(from: list, to: other)
                    model[other] = model[list] + model[other]
                    model[list] = []
                default:
                    guard model.count < 20 else { continue }
                    lists.growLists(to: model.count + 1)
                    model.append([])
                }
                guard step % 50 == 0 else { continue }
                try lists.checkInvariants()
                for list in model.indices {
                    let slots = lists.slots(in: list)
                    #expect(slots == model[list])
                }
            }
        }

        @Test func aSlotThatWasNeverListedIsInNoList() {
            var lists = SlotLists(lists: 1)
            lists.remove(1_000_000)
            let states = [lists.contains(0), lists.contains(1_000_000), lists.first(0) == nil]
            #expect(states == [false, false, true])
        }

        @Test func theHighestSlotOfAShardCanBeListed() throws {
            var lists = SlotLists(lists: 2)
            lists.insert(Slot(SlotIndex.maximumSlots), into: 1)
            lists.insert(0, into: 1)
            let slots = lists.slots(in: 1)
            #expect(slots == [0, Slot(SlotIndex.maximumSlots)])
        }
    }
#endif
