// SPDX-License-Identifier: Apache-2.0

/// The flights that may store, by key: the latest one of each key, linked to earlier ones that are not joined any more.
struct FlightTable<Waiter>: ~Copyable {
    private var latest: [FlightKey: Flight<Waiter>] = [:]

    /// The flight of the last lookup.
    ///
    /// In a stampede all callers look up one key, and its hash is most of the cost.
    private var lastFound: Flight<Waiter>?

    /// Returns the latest flight of a key.
    mutating func find(_ key: FlightKey) -> Flight<Waiter>? {
        if let lastFound, lastFound.key == key { return lastFound }
        guard let found = latest[key] else { return nil }
        lastFound = found
        return found
    }

    /// Makes a flight the latest one of its key.
    mutating func push(_ flight: Flight<Waiter>) {
        lastFound = nil
        if let older = latest.updateValue(flight, forKey: flight.key) { flight.older = older }
    }

    /// Removes a flight.
    mutating func remove(_ flight: Flight<Waiter>) {
        if lastFound === flight { lastFound = nil }
        guard let first = latest[flight.key] else { return }
        if first === flight {
            latest[flight.key] = flight.older
        } else {
            var newer = first
            while let next = newer.older, next !== flight { newer = next }
            if newer.older === flight { newer.older = flight.older }
        }
        flight.older = nil
    }

    /// Returns all flights of a key.
    func all(_ key: FlightKey) -> [Flight<Waiter>] { latest[key].map(Self.chain) ?? [] }

    /// Returns all flights whose keys satisfy a condition.
    func all(where isMatch: (FlightKey) -> Bool) -> [Flight<Waiter>] {
        latest.filter { isMatch($0.key) }.flatMap { Self.chain($0.value) }
    }

    private static func chain(_ first: Flight<Waiter>) -> [Flight<Waiter>] {
        var flights = [first]
        while let older = flights[flights.count - 1].older { flights.append(older) }
        return flights
    }
}
