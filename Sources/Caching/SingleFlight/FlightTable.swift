// SPDX-License-Identifier: Apache-2.0

/// The flights that may store, by their keys: for each key the latest one, and behind it those that took too long to be
/// joined.
struct FlightTable<Waiter>: ~Copyable {
    private var latest: [FlightKey: Flight<Waiter>] = [:]

    /// The flight that was found last: in a stampede everybody asks for the same, and hashing its key is most of finding
    /// it.
    private var lastFound: Flight<Waiter>?

    /// The latest flight of a key.
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

    /// Takes a flight out.
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

    /// All flights of a key.
    func all(_ key: FlightKey) -> [Flight<Waiter>] { latest[key].map(Self.chain) ?? [] }

    /// All flights whose keys match.
    func all(where isMatch: (FlightKey) -> Bool) -> [Flight<Waiter>] {
        latest.filter { isMatch($0.key) }.flatMap { Self.chain($0.value) }
    }

    private static func chain(_ first: Flight<Waiter>) -> [Flight<Waiter>] {
        var flights = [first]
        while let older = flights[flights.count - 1].older { flights.append(older) }
        return flights
    }
}
