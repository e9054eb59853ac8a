// SPDX-License-Identifier: Apache-2.0

/// Sets and invalidations during loads.
extension SingleFlightStateMachine {
    /// Begins a change, which supersedes the flights that load now.
    ///
    /// A load that begins before ``endChange(_:)`` may have read the old state of the source, so it does not store either.
    package mutating func beginChange(_ target: ChangeTarget) -> (change: UInt64, superseded: Superseded) {
        lastChange += 1
        changes[lastChange] = target
        return (lastChange, supersede(target))
    }

    /// Ends a change, after which no caller joins a flight that began during it.
    package mutating func endChange(_ change: UInt64) -> Superseded {
        guard let target = changes.removeValue(forKey: change) else { return Superseded() }
        return supersede(target)
    }

    /// Supersedes the flights that a change names.
    package mutating func supersede(_ target: ChangeTarget) -> Superseded {
        var result = Superseded()
        for flight in flights(of: target) { supersede(flight, &result) }
        return result
    }

    /// Supersedes all flights; they go on for their callers.
    package mutating func supersedeAll() -> Superseded {
        var result = Superseded()
        for flight in table.all(where: { _ in true }) { supersede(flight, &result) }
        for id in result.promoted { flights[id]?.mayStore = false }
        return result
    }

    /// Adds tags to a flight.
    package mutating func addTags(_ tags: [String], to id: FlightID) -> Superseded {
        var result = Superseded()
        guard let flight = flights[id], !flight.isSuperseded else { return result }
        let cache = flight.key.cache
        for tag in tags {
            flight.tags.append(tag)
            tagged[FlightTag(cache, tag), default: []].insert(id)
        }
        if changes.values.contains(where: { $0.matches(flight.key, tags: tags) }) { flight.mayStore = false }
        if tags.contains(where: { tagInvalidations.contains($0, cache: cache, since: flight.tagSequence) }) {
            supersede(flight, &result)
        }
        return result
    }

    /// Returns whether a change superseded a flight.
    package func isSuperseded(_ id: FlightID) -> Bool {
        flights[id].map { $0.isSuperseded || $0.isClosed || !$0.mayStore } ?? true
    }

    /// Adds an observer that waits until a flight has stored; false when the flight is over.
    package mutating func observeStore(of id: FlightID, by observer: Waiter) -> Bool {
        guard let flight = flights[id] else { return false }
        flight.storeObservers.append(observer)
        return true
    }

    private mutating func flights(of target: ChangeTarget) -> [Flight<Waiter>] {
        switch target {
        case .key(let key): return table.all(key)
        case .tag(let tag, let cache):
            tagInvalidations.append(tag, cache: cache)
            return tagged[FlightTag(cache, tag)]?.sorted().compactMap { flights[$0] } ?? []
        case .pattern, .everything: return table.all { target.matches($0, tags: []) }
        }
    }
}

/// A tag of a cache, compared by bytes.
struct FlightTag: Hashable {
    let cache: Int
    let tag: String

    init(_ cache: Int, _ tag: String) {
        self.cache = cache
        self.tag = tag
    }

    static func == (left: FlightTag, right: FlightTag) -> Bool {
        left.cache == right.cache && left.tag.utf8.elementsEqual(right.tag.utf8)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(cache)
        for byte in tag.utf8 { hasher.combine(byte) }
    }
}
