// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

@Suite("Single flight: the state machine")
struct SingleFlightStateMachineTests {
    private let key = FlightKey(cache: 0, key: "users:1")

    private func lead(_ machine: MachineBox, _ key: FlightKey, _ waiter: UInt64, parent: FlightID? = nil) throws
        -> FlightID
    {
        let action = machine.join(
            key,
            tags: [],
            waiterID: waiter,
            waiter: "waiter \(waiter)",
            parent: parent
        )
        guard case .lead(let id) = action else { throw SourceFailure() }
        return id
    }

    private func join(_ machine: MachineBox, _ key: FlightKey, _ waiter: UInt64, parent: FlightID? = nil)
        -> MachineBox.Joined
    {
        machine.join(key, tags: [], waiterID: waiter, waiter: "waiter \(waiter)", parent: parent)
    }

    @Test func theFirstCallerLeadsAndLaterCallersFollow() throws {
        let machine = MachineBox()
        let flight = try lead(machine, key, 1)
        guard case .follow(flight, raisesPriority: _) = join(machine, key, 2) else { throw SourceFailure() }
        #expect(machine.beginStoring(flight))
        let end = machine.finish(flight)
        #expect(end.waiters.sorted() == ["waiter 1", "waiter 2"])
        #expect(end.joiners == 1)
        #expect(machine.count == 0)
    }

    @Test func followJoinsAFlightAndBeginsNone() throws {
        let machine = MachineBox()
        #expect(machine.follow(key, 1) == nil)
        #expect(machine.count == 0)
        let flight = try lead(machine, key, 2)
        #expect(machine.follow(key, 3) == .follow(flight, raisesPriority: false))
        #expect(machine.follow(FlightKey(cache: 1, key: key.key), 4) == nil)
        let end = machine.finish(flight)
        #expect(end.waiters == ["waiter 2", "waiter 3"])
        #expect(end.joiners == 1)
        #expect(machine.follow(key, 5) == nil)
    }

    @Test func noCallerFollowsASupersededLoad() throws {
        let machine = MachineBox()
        let old = try lead(machine, key, 1)
        _ = machine.supersede(.key(key))
        #expect(machine.follow(key, 2) == nil)
        #expect(machine.finish(old).waiters == ["waiter 1"])
    }

    @Test func `a caller of the highest priority raises the priority of the load`() throws {
        let machine = MachineBox()
        let leader = machine.join(key, tags: [], waiterID: 1, waiter: "1", parent: nil, priority: 17)
        guard case .lead(let flight) = leader else { throw SourceFailure() }
        #expect(machine.priority(of: flight) == 17)
        #expect(machine.follow(key, 2, priority: 9) == .follow(flight, raisesPriority: false))
        #expect(machine.follow(key, 3, priority: 17) == .follow(flight, raisesPriority: false))
        #expect(machine.follow(key, 4, priority: 25) == .follow(flight, raisesPriority: true))
        #expect(machine.follow(key, 5, priority: 25) == .follow(flight, raisesPriority: false))
        #expect(machine.priority(of: flight) == 25)
        _ = machine.finish(flight)
        #expect(machine.priority(of: flight) == nil)
    }

    @Test func `a load in the background has the priority of its launch until it is raised`() throws {
        let machine = MachineBox()
        let flight = try #require(machine.launch(key, tags: [], priority: 9))
        #expect(machine.priority(of: flight) == 9)
        #expect(machine.follow(key, 1, priority: 17) == .follow(flight, raisesPriority: true))
        #expect(machine.priority(of: flight) == 17)
    }

    @Test func keysAreEqualIfTheirBytesAre() {
        let composed = FlightKey(cache: 0, key: "k:\u{E9}")
        let decomposed = FlightKey(cache: 0, key: "k:e\u{301}")
        #expect(composed != decomposed)
        #expect(composed == FlightKey(cache: 0, key: "k:\u{E9}"))
        #expect(composed != FlightKey(cache: 1, key: "k:\u{E9}"))
        #expect(Set([composed, decomposed]).count == 2)
    }

    @Test func differentKeysAndCachesHaveSeparateFlights() throws {
        let machine = MachineBox()
        let first = try lead(machine, key, 1)
        let second = try lead(machine, FlightKey(cache: 1, key: "users:1"), 2)
        let third = try lead(machine, FlightKey(cache: 0, key: "users:2"), 3)
        #expect(Set([first, second, third]).count == 3)
    }

    @Test func aWaiterThatLeavesDoesNotAffectTheOthers() throws {
        let machine = MachineBox()
        let flight = try lead(machine, key, 1)
        _ = join(machine, key, 2)
        let left = machine.leave(1)
        #expect(left?.waiter == "waiter 1")
        #expect(left?.action == MachineBox.Machine.LeaveAction.none)
        #expect(machine.beginStoring(flight))
        #expect(machine.finish(flight).waiters == ["waiter 2"])
    }

    @Test func `the last waiter that leaves cancels the load, and a new caller begins another`() throws {
        let machine = MachineBox()
        let dying = try lead(machine, key, 1)
        _ = join(machine, key, 2)
        #expect(machine.leave(2)?.action == MachineBox.Machine.LeaveAction.none)
        #expect(machine.leave(1)?.action == .cancelLoad(dying))
        #expect(machine.priority(of: dying) == nil)
        let fresh = try lead(machine, key, 3)
        #expect(fresh != dying)
        // The cancelled load ends later. It must neither store nor return the waiters of the new flight.
        #expect(!machine.beginStoring(dying))
        #expect(machine.finish(dying).waiters.isEmpty)
        guard case .follow(fresh, raisesPriority: _) = join(machine, key, 4) else { throw SourceFailure() }
    }

    @Test func leavingTwiceOrWithoutWaitingDoesNothing() throws {
        let machine = MachineBox()
        _ = try lead(machine, key, 1)
        #expect(machine.leave(7) == nil)
        #expect(machine.leave(1) != nil)
        #expect(machine.leave(1) == nil)
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max)])
    func manyWaitersJoinAndLeaveInAnyOrder(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let machine = MachineBox()
        let flight = try lead(machine, key, 0)
        var waiting: Set<UInt64> = [0]
        var callers = (1...20_000).map { UInt64($0) }
        callers.shuffle(using: &random)
        for (step, caller) in callers.enumerated() {
            guard step > 10_000, Bool.random(using: &random), let leaver = waiting.randomElement(using: &random) else {
                _ = join(machine, key, caller)
                waiting.insert(caller)
                continue
            }
            waiting.remove(leaver)
            #expect(machine.leave(leaver)?.waiter == "waiter \(leaver)", "seed \(seed)")
            #expect(machine.leave(leaver) == nil, "seed \(seed)")
        }
        #expect(waiting.count > 1, "seed \(seed)")
        #expect(Set(machine.finish(flight).waiters) == Set(waiting.map { "waiter \($0)" }), "seed \(seed)")
    }

    @Test func `a background load continues without waiters and begins once`() throws {
        let machine = MachineBox()
        let flight = try #require(machine.launch(key, tags: []))
        #expect(machine.launch(key, tags: []) == nil)
        #expect(machine.priority(of: flight) != nil)
        guard case .follow(flight, raisesPriority: _) = join(machine, key, 1) else { throw SourceFailure() }
        #expect(machine.leave(1)?.action == MachineBox.Machine.LeaveAction.none)
        #expect(machine.beginStoring(flight))
    }

    @Test func `a superseded load is returned to its waiters, not stored and not joined`() throws {
        let machine = MachineBox()
        let old = try lead(machine, key, 1)
        #expect(machine.supersede(.key(key)).isEmpty)
        let new = try lead(machine, key, 2)
        #expect(!machine.beginStoring(old))
        #expect(machine.finish(old).waiters == ["waiter 1"])
        #expect(machine.beginStoring(new))
        #expect(machine.finish(new).waiters == ["waiter 2"])
    }

    @Test func aWaiterOfASupersededLoadCanStillLeave() throws {
        let machine = MachineBox()
        let old = try lead(machine, key, 1)
        _ = machine.supersede(.key(key))
        _ = try lead(machine, key, 2)
        #expect(machine.leave(1)?.action == .cancelLoad(old))
    }

    @Test func anInvalidationWaitsForAFlightThatIsStoring() throws {
        let machine = MachineBox()
        let flight = try lead(machine, key, 1)
        #expect(machine.beginStoring(flight))
        #expect(machine.supersede(.key(key)) == [flight])
        let isObserved = machine.observeStore(of: flight, by: "invalidation")
        #expect(isObserved)
        #expect(machine.finish(flight).storeObservers == ["invalidation"])
        let isObservedLater = machine.observeStore(of: flight, by: "late")
        #expect(!isObservedLater)
    }

    @Test func aPatternSupersedesTheLoadsOfMatchingKeys() throws {
        let machine = MachineBox()
        let first = try lead(machine, key, 1)
        let other = try lead(machine, FlightKey(cache: 0, key: "orders:1"), 2)
        #expect(machine.supersede(.pattern("users:*", cache: 0)).isEmpty)
        #expect(!machine.beginStoring(first))
        #expect(machine.beginStoring(other))
    }

    @Test func `a tag supersedes loads that have it and loads that add it later`() throws {
        let machine = MachineBox()
        guard
            case .lead(let tagged) = machine.join(
                key,
                tags: ["users"],
                waiterID: 1,
                waiter: "1",
                parent: nil
            )
        else { throw SourceFailure() }
        let adding = try lead(machine, FlightKey(cache: 0, key: "users:2"), 2)
        let other = try lead(machine, FlightKey(cache: 0, key: "users:3"), 3)
        let elsewhere = try lead(machine, FlightKey(cache: 1, key: "users:4"), 4)
        #expect(machine.supersede(.tag("users", cache: 0)).isEmpty)
        machine.addTags(["team", "users"], to: adding)
        machine.addTags(["team"], to: other)
        machine.addTags(["users"], to: elsewhere)
        #expect(!machine.beginStoring(tagged))
        #expect(!machine.beginStoring(adding))
        #expect(machine.beginStoring(other))
        #expect(machine.beginStoring(elsewhere))
    }

    @Test func aLoadThatAsksForItsOwnKeyIsDiagnosed() throws {
        let machine = MachineBox()
        let flight = try lead(machine, key, 1)
        guard case .recursive(["users:1"]) = join(machine, key, 2, parent: flight) else { throw SourceFailure() }
    }

    @Test func `loads of different callers that wait for each other are diagnosed`() throws {
        let machine = MachineBox()
        let other = FlightKey(cache: 1, key: "orders:1")
        let first = try lead(machine, key, 1)
        let second = try lead(machine, other, 2)
        guard case .follow = join(machine, other, 3, parent: first) else { throw SourceFailure() }
        guard case .recursive(let chain) = join(machine, key, 4, parent: second) else { throw SourceFailure() }
        #expect(chain == ["users:1", "orders:1"])
        // When the waiter has left, there is no cycle.
        _ = machine.leave(3)
        guard case .follow = join(machine, key, 5, parent: second) else { throw SourceFailure() }
    }

    @Test func abandoningEverythingReturnsEveryWaiterOnce() throws {
        let machine = MachineBox()
        let first = try lead(machine, key, 1)
        _ = join(machine, key, 2)
        let second = try #require(machine.launch(FlightKey(cache: 0, key: "b"), tags: []))
        let end = machine.abandonAll()
        #expect(end.waiters.sorted() == ["waiter 1", "waiter 2"])
        #expect(Set(end.loads) == [first, second])
        #expect(machine.finish(first).waiters.isEmpty)
        #expect(!machine.beginStoring(second))
    }

    /// Random calls in any order return every waiter exactly once and leave no flight.
    @Test(arguments: [UInt64.random(in: 0 ... .max), 1, 2, 3])
    func everyWaiterIsReturnedExactlyOnce(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let machine = MachineBox()
        var loading: Set<FlightID> = []
        var returned: [String: Int] = [:]
        var joined = 0
        let keys = (0..<5).map { FlightKey(cache: $0 % 2, key: "k\($0)") }
        func give(_ waiters: [String]) { for waiter in waiters { returned[waiter, default: 0] += 1 } }
        for step in 1...5000 {
            let key = keys.randomElement(using: &random) ?? keys[0]
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let parent = Int.random(in: 0..<4, using: &random) == 0 ? loading.randomElement(using: &random) : nil
                let id = UInt64(step)
                switch machine.join(key, tags: ["t"], waiterID: id, waiter: "\(id)", parent: parent) {
                case .lead(let flight):
                    loading.insert(flight)
                    joined += 1
                case .follow: joined += 1
                case .recursive, .wait, .answer: break
                }
            case 5:
                if let left = machine.leave(UInt64.random(in: 1...UInt64(step), using: &random)) {
                    give([left.waiter])
                }
            case 6: _ = machine.supersede(.key(key))
            case 7: _ = machine.supersede(.tag("t", cache: key.cache))
            default:
                guard let flight = loading.randomElement(using: &random) else { continue }
                loading.remove(flight)
                machine.addTags(["t"], to: flight)
                _ = machine.beginStoring(flight)
                give(machine.finish(flight).waiters)
            }
        }
        for flight in loading { give(machine.finish(flight).waiters) }
        #expect(returned.count == joined, "seed \(seed)")
        #expect(returned.values.allSatisfy { $0 == 1 }, "seed \(seed)")
        #expect(machine.count == 0, "seed \(seed)")
    }
}
