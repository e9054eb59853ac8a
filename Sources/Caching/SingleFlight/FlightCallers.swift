// SPDX-License-Identifier: Apache-2.0

/// The callers that wait for a flight.
///
/// They are in an array without order, because joining is frequent and leaving is not.
struct FlightCallers<Waiter> {
    private(set) var all: [FlightCaller<Waiter>] = []

    /// The index of each caller in `all`, built when one of many callers leaves.
    ///
    /// Without it, the cancellation of many callers would search the array once for each of them, under the lock of all
    /// flights.
    private var places: [WaiterID: Int]?

    private static var few: Int { 16 }

    mutating func add(_ caller: FlightCaller<Waiter>) {
        places?[caller.id] = all.count
        all.append(caller)
    }

    /// Removes and returns a caller; nil when it does not wait.
    mutating func remove(_ id: WaiterID) -> FlightCaller<Waiter>? {
        guard let place = place(of: id) else { return nil }
        let caller = all[place]
        let last = all.removeLast()
        places?[id] = nil
        if place < all.count {
            all[place] = last
            places?[last.id] = place
        }
        return caller
    }

    /// Removes and returns the callers that satisfy a condition.
    mutating func removeAll(where isMatch: (FlightCaller<Waiter>) -> Bool) -> [FlightCaller<Waiter>] {
        let removed = all.filter(isMatch)
        all.removeAll(where: isMatch)
        places = nil
        return removed
    }

    private mutating func place(of id: WaiterID) -> Int? {
        if places == nil {
            guard all.count > Self.few else { return all.firstIndex { $0.id == id } }
            places = Dictionary(uniqueKeysWithValues: all.indices.map { (all[$0].id, $0) })
        }
        return places?[id]
    }
}
