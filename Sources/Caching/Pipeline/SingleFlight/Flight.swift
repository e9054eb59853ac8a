// SPDX-License-Identifier: Apache-2.0

/// A load and those who wait for it, as ``SingleFlightStateMachine`` knows them.
///
/// An object, so that joining it is one look into a table and copies nothing.
///
/// What every joiner touches is not checked for overlapping accesses when it runs, which costs a look into thread-local
/// storage each: only the state machine touches it, and ``SingleFlight`` does so under its lock.
final class Flight<Waiter> {
    let id: UInt64
    let key: FlightKey
    let knownTags: [String]
    /// Background loads go on without anybody waiting.
    let needsWaiters: Bool
    /// That of the load: the highest of those who asked for it.
    @exclusivity(unchecked) var priority: UInt8
    @exclusivity(unchecked) var callers = FlightCallers<Waiter>()
    @exclusivity(unchecked) var joiners = 0
    var isStoring = false
    var isSuperseded = false
    /// Tags that were invalidated while it loads; a load may add tags only when it is done.
    var invalidatedTags: Set<String> = []
    /// The flights that this one's load waits for, and how often.
    var blockedOn: [UInt64: Int] = [:]
    var storeObservers: [Waiter] = []

    init(id: UInt64, key: FlightKey, tags: [String], priority: UInt8, needsWaiters: Bool) {
        self.id = id
        self.key = key
        self.priority = priority
        self.needsWaiters = needsWaiters
        knownTags = tags
    }
}
