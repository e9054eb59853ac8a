// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

@Suite("Single flight: refreshes, loads that hang, stale answers and changes")
struct RefreshMachineTests {
    private let machine = MachineBox()
    private let key = FlightKey(cache: 0, key: "users:1")

    private func lead(_ waiter: UInt64, tags: [String] = []) throws -> FlightID {
        guard case .lead(let flight) = machine.join(key, tags: tags, waiterID: waiter, waiter: "waiter \(waiter)")
        else {
            throw SourceFailure()
        }
        return flight
    }

    private func refresh(_ waiter: UInt64) throws -> FlightID {
        guard case .lead(let flight) = machine.refresh(key, waiter) else { throw SourceFailure() }
        return flight
    }

    @Test func ofManyRefreshesOneRunsAndOneWaits() throws {
        let running = try refresh(1)
        guard case .wait(let waiting) = machine.refresh(key, 2) else { throw SourceFailure() }
        for waiter: UInt64 in 3...100 {
            #expect(machine.refresh(key, waiter) == .follow(waiting, raisesPriority: false))
        }
        #expect(machine.count == 2)
        #expect(machine.beginStoring(running))
        #expect(machine.finish(running).waiters == ["waiter 1"])
        #expect(machine.promoted == [waiting])
        #expect(machine.beginStoring(waiting))
        #expect(machine.finish(waiting).waiters.count == 99)
        #expect(machine.count == 0)
    }

    @Test func `a refresh begins at once and supersedes an ordinary load`() throws {
        let load = try lead(1)
        let fresh = try refresh(2)
        #expect(machine.isSuperseded(load))
        #expect(!machine.beginStoring(load))
        #expect(machine.beginStoring(fresh))
    }

    @Test func anOrdinaryCallJoinsTheRefreshThatRuns() throws {
        let running = try refresh(1)
        _ = machine.refresh(key, 2)
        #expect(machine.follow(key, 3) == .follow(running, raisesPriority: false))
    }

    @Test func aRefreshDoesNotBeginWhileAnOlderLoadStores() throws {
        let load = try lead(1)
        #expect(machine.beginStoring(load))
        guard case .wait(let waiting) = machine.refresh(key, 2) else { throw SourceFailure() }
        _ = machine.finish(load)
        #expect(machine.promoted == [waiting])
    }

    @Test func aWaitingRefreshWithoutCallersIsForgotten() throws {
        let running = try refresh(1)
        guard case .wait(let waiting) = machine.refresh(key, 2) else { throw SourceFailure() }
        #expect(machine.leave(2)?.action == .forget(waiting))
        _ = machine.finish(running)
        #expect(machine.promoted == [])
        #expect(machine.count == 0)
    }

    @Test func anInvalidationStartsAWaitingRefresh() throws {
        let running = try refresh(1)
        guard case .wait(let waiting) = machine.refresh(key, 2) else { throw SourceFailure() }
        _ = machine.supersede(.key(key))
        #expect(machine.promoted == [waiting])
        #expect(!machine.beginStoring(running))
        #expect(machine.beginStoring(waiting))
    }

    @Test func `refreshes of loads that wait for each other are diagnosed`() throws {
        let other = FlightKey(cache: 0, key: "orders:1")
        let running = try refresh(1)
        _ = machine.refresh(key, 2)
        guard case .lead(let second) = machine.join(other, waiterID: 3, waiter: "3") else { throw SourceFailure() }
        // The refresh that runs waits for the other key, whose load asks for the next refresh.
        guard case .follow = machine.join(other, waiterID: 4, waiter: "4", parent: running) else {
            throw SourceFailure()
        }
        guard case .recursive = machine.refresh(key, 5, parent: second) else { throw SourceFailure() }
    }

    @Test func `a slow load is not joined, and the next load can be joined for twice as long`() throws {
        let first = try lead(1)
        machine.now = machine.now.advanced(by: .seconds(29))
        #expect(machine.follow(key, 2) == .follow(first, raisesPriority: false))
        machine.now = machine.now.advanced(by: .seconds(1))
        let second = try lead(3)
        #expect(second != first)
        machine.now = machine.now.advanced(by: .seconds(59))
        #expect(machine.follow(key, 4) == .follow(second, raisesPriority: false))
        machine.now = machine.now.advanced(by: .seconds(1))
        #expect(machine.follow(key, 5) == nil)
        #expect(machine.count == 2)
    }

    @Test func `an older load of a key is not stored over a newer one`() throws {
        let first = try lead(1)
        machine.now = machine.now.advanced(by: .seconds(30))
        let second = try lead(2)
        #expect(machine.beginStoring(second))
        _ = machine.finish(second)
        #expect(!machine.beginStoring(first))
        #expect(machine.finish(first).waiters == ["waiter 1"])
    }

    @Test func aSlowLoadIsStoredBeforeNewerLoads() throws {
        let first = try lead(1)
        machine.now = machine.now.advanced(by: .seconds(30))
        let second = try lead(2)
        #expect(machine.beginStoring(first))
        // The newer load waits until the older one has stored, and then overwrites it.
        #expect(machine.storesToAwait(second) == [first])
    }

    @Test func `an invalidation supersedes loads that can no longer be joined`() throws {
        let first = try lead(1)
        machine.now = machine.now.advanced(by: .seconds(30))
        let second = try lead(2)
        _ = machine.supersede(.key(key))
        #expect(!machine.beginStoring(first))
        #expect(!machine.beginStoring(second))
    }

    @Test func `a stale value answers the callers that accept it, and the others wait`() throws {
        let start = machine.now
        machine.now = start.advanced(by: .seconds(10))
        let accepting = machine.join(key, waiterID: 1, waiter: "accepting", acceptedStaleness: 20_000_000_000)
        guard case .lead(let flight) = accepting else { throw SourceFailure() }
        _ = machine.join(key, waiterID: 2, waiter: "strict")
        let answer = try #require(machine.answer(flight, since: start, isRenewed: true))
        #expect(answer.waiters == ["accepting"])
        #expect(!answer.isOver)
        // While the value is renewed, other callers that accept it are answered at once.
        #expect(machine.follow(key, 3, acceptedStaleness: 11_000_000_000) == .answer)
        #expect(machine.follow(key, 4, acceptedStaleness: 9_000_000_000) == .follow(flight, raisesPriority: false))
        // The renewal continues without waiters.
        _ = machine.leave(2)
        _ = machine.leave(4)
        #expect(machine.beginStoring(flight))
    }

    @Test func `a stale value without a renewal ends the flight unless a caller needs a load`() throws {
        let start = machine.now
        guard case .lead(let first) = machine.join(key, waiterID: 1, waiter: "1", acceptedStaleness: 1) else {
            throw SourceFailure()
        }
        #expect(try #require(machine.answer(first, since: start, isRenewed: false)).isOver)
        #expect(machine.count == 0)
        let second = try lead(2)
        let answer = try #require(machine.answer(second, since: start, isRenewed: false))
        #expect(answer.waiters == [] && !answer.isOver)
    }

    @Test func noStaleValueAnswersAfterAnInvalidation() throws {
        let flight = try lead(1)
        _ = machine.supersede(.key(key))
        #expect(machine.answer(flight, since: machine.now, isRenewed: true) == nil)
    }

    @Test func `a load that begins during a change is not stored and not joined afterwards`() throws {
        for target: ChangeTarget in [
            .key(key), .pattern("users:*", cache: 0), .tag("t", cache: 0), .everything(cache: 0),
        ] {
            let change = machine.beginChange(target)
            let during = try lead(1, tags: ["t"])
            #expect(machine.follow(key, 2) == .follow(during, raisesPriority: false))
            machine.endChange(change)
            #expect(machine.follow(key, 3) == nil)
            #expect(!machine.beginStoring(during))
            _ = machine.finish(during)
            // A load that begins after the change is stored.
            let after = try lead(4, tags: ["t"])
            #expect(machine.beginStoring(after))
            _ = machine.finish(after)
        }
        #expect(machine.count == 0)
    }

    @Test func aChangeOfAKeyDoesNotSupersedeAnotherKey() throws {
        let change = machine.beginChange(.key(FlightKey(cache: 0, key: "users:2")))
        let flight = try lead(1)
        machine.endChange(change)
        #expect(machine.beginStoring(flight))
    }

    @Test func `invalidating a tag that a load has added supersedes the load`() throws {
        let flight = try lead(1)
        machine.addTags(["team:7"], to: flight)
        _ = machine.supersede(.tag("team:7", cache: 0))
        #expect(machine.follow(key, 2) == nil)
        #expect(!machine.beginStoring(flight))
    }

    @Test func `too many invalidations by tag during a load supersede it when it adds a tag`() throws {
        let flight = try lead(1)
        for number in 0..<1000 { _ = machine.supersede(.tag("other:\(number)", cache: 0)) }
        machine.addTags(["team:7"], to: flight)
        #expect(!machine.beginStoring(flight))
        // A load without tags is not superseded.
        _ = machine.finish(flight)
        let untagged = try lead(2)
        for number in 0..<1000 { _ = machine.supersede(.tag("other:\(number)", cache: 0)) }
        #expect(machine.beginStoring(untagged))
    }

    @Test func callersOfSupersededLoadsLeaveWithoutASearch() throws {
        // Each of 20,000 keys has a superseded load, and leaving accesses only the flight of the caller.
        for number: UInt64 in 0..<20_000 {
            _ = machine.join(FlightKey(cache: 0, key: "k\(number)"), waiterID: number + 1, waiter: "\(number)")
        }
        _ = machine.supersede(.everything(cache: 0))
        for number: UInt64 in 0..<20_000 {
            guard case .cancelLoad? = machine.leave(number + 1)?.action else { throw SourceFailure() }
        }
    }
}
