// SPDX-License-Identifier: Apache-2.0

/// The flights that can be joined, by their keys.
struct FlightTable<Waiter>: ~Copyable {
    private var flights: [FlightKey: Flight<Waiter>] = [:]

    /// The one that was found last: in a stampede everybody asks for the same, and hashing its key is most of finding
    /// it.
    private var latest: Flight<Waiter>?

    /// The flight of a key.
    mutating func find(_ key: FlightKey) -> Flight<Waiter>? {
        if let latest, latest.key == key { return latest }
        guard let found = flights[key] else { return nil }
        latest = found
        return found
    }

    /// Adds the flight of a key that has none.
    mutating func insert(_ flight: Flight<Waiter>) { flights[flight.key] = flight }

    /// Removes a flight, if it can be joined.
    mutating func remove(_ flight: Flight<Waiter>) {
        if latest === flight { latest = nil }
        if flights[flight.key] === flight { flights[flight.key] = nil }
    }

    /// The flights whose keys match.
    func all(where isMatch: (FlightKey) -> Bool) -> [Flight<Waiter>] {
        flights.filter { isMatch($0.key) }.map(\.value)
    }
}
