// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    import Caching
    import Testing

    /// A slot becomes due at the latest when the tick after that of its deadline begins, and never expires before its
    /// deadline.
    @Suite("The timer wheel")
    struct TimerWheelTests {
        private static let second: Int64 = 1_000_000_000
        private static let year = 365 * 86_400 * second

        /// Returns a random duration of any order of magnitude.
        private func duration(_ random: inout SeededGenerator, below bits: Int64 = 58) -> Int64 {
            Int64.random(in: 0...(1 << Int64.random(in: 0...bits, using: &random)), using: &random)
        }

        @Test(arguments: [0, -1, 5_000_000_000, -9_000_000_000_000_000, Int64.min, .max - year])
        func findsEverySlotInTime(start: Int64) throws {
            let wheel = WheelRun()
            var random = SeededGenerator(seed: UInt64(bitPattern: start))
            var now = start
            for step in 0..<3000 {
                let slot = Slot(Int.random(in: 0..<500, using: &random))
                switch step % 4 {
                case 0, 1: wheel.insert(slot, deadline: now.saturatingSum(duration(&random)), now: now)
                case 2 where step % 8 == 2: wheel.remove(slot)
                default:
                    now = now.saturatingSum(duration(&random, below: step % 50 == 3 ? 56 : 34))
                    _ = wheel.advance(to: now)
                    #expect(wheel.overdue == [])
                }
                if step % 300 == 0 { try wheel.checkInvariants() }
            }
            _ = wheel.advance(to: .max)
            #expect(wheel.deadlines.allSatisfy { $0.value >> 26 == .max >> 26 })
            #expect(wheel.wrongAnswers == 0)
        }

        @Test func `a slot becomes due in the tick after its deadline, and not before`() {
            for exponent in stride(from: Int64(0), through: 60, by: 1) {
                let deadline = Int64(1) << exponent
                let wheel = WheelRun()
                wheel.insert(1, deadline: deadline, now: 0)
                #expect(wheel.advance(to: deadline - 1) == [])
                #expect(wheel.advance(to: deadline + WheelRun.tick) == [1], "2^\(exponent)")
            }
        }

        @Test func `while time passes evenly, a slot is inspected at most once per level`() {
            let wheel = WheelRun()
            var random = SeededGenerator(seed: 2)
            for slot in 0..<500 {
                wheel.insert(Slot(slot), deadline: Int64.random(in: 0...400 * Self.second, using: &random), now: 0)
            }
            var expired = 0
            for now in stride(from: 0, through: 401 * Self.second, by: Int(WheelRun.tick)) {
                expired += wheel.advance(to: Int64(now)).count
                #expect(wheel.overdue == [])
            }
            #expect(expired == 500)
            #expect(wheel.looks <= 500 * 4)
        }

        @Test func anyJumpMakesAtMostEachSlotDueOnce() throws {
            for years in [1, 10, 100, 290] {
                let wheel = WheelRun()
                for slot in 0..<1000 {
                    wheel.insert(Slot(slot), deadline: Int64(slot) * Int64(slot) * Self.second * 20, now: 0)
                }
                wheel.insert(5000, deadline: .max, now: 0)
                #expect(wheel.advance(to: Int64(years) * Self.year).count == 1000)
                #expect(wheel.looks <= 1001)
                #expect(wheel.deadlines.keys.sorted() == [5000])
                try wheel.checkInvariants()
            }
        }

        @Test func aClockThatGoesBackLosesNothing() throws {
            let wheel = WheelRun()
            wheel.insert(1, deadline: 100 * Self.second, now: 0)
            #expect(wheel.advance(to: 50 * Self.second) == [])
            #expect(wheel.advance(to: -1000 * Self.second) == [])
            wheel.insert(2, deadline: -900 * Self.second, now: -1000 * Self.second)
            wheel.insert(3, deadline: 60 * Self.second, now: -1000 * Self.second)
            try wheel.checkInvariants()
            #expect(wheel.advance(to: -800 * Self.second) == [])
            #expect(wheel.advance(to: 51 * Self.second) == [2])
            #expect(wheel.advance(to: 61 * Self.second) == [3])
            #expect(wheel.advance(to: 101 * Self.second) == [1])
        }

        @Test func aSlotThatIsRemovedIsNotFound() {
            let wheel = WheelRun()
            for slot in 0..<10 { wheel.insert(Slot(slot), deadline: Self.second, now: 0) }
            for slot in 0..<9 { wheel.remove(Slot(slot)) }
            wheel.remove(100)
            #expect(wheel.advance(to: 2 * Self.second) == [9])
        }

        @Test func aSlotThatIsFiledAgainHasItsNewDeadline() {
            let wheel = WheelRun()
            wheel.insert(1, deadline: Self.second, now: 0)
            wheel.insert(1, deadline: 1000 * Self.second, now: 0)
            #expect(wheel.advance(to: 999 * Self.second) == [])
            #expect(wheel.advance(to: 1001 * Self.second) == [1])
        }
    }

    extension Int64 {
        fileprivate func saturatingSum(_ other: Int64) -> Int64 {
            let (sum, overflow) = addingReportingOverflow(other)
            return overflow ? .max : sum
        }
    }
#endif
