// SPDX-License-Identifier: Apache-2.0

/// Waiting for a load.
extension CachePipeline {
    /// The value of a key, from the load in flight or from a new one; nil when there can be none.
    ///
    /// A cancelled caller leaves at once; the load is cancelled when the last one has left.
    ///
    /// `takeOff` is asked for a load if there is none to join; nil when the key must not have one. The read is counted as
    /// a miss here when `countsMiss`.
    ///
    /// Not generic, and with as little in its frames as can be: most callers of a cold key wait here, and for them
    /// metadata and task-local allocations would be most of the cost.
    ///
    /// The cache is given without a reference count, which all callers would change; the caller keeps it alive.
    @usableFromInline
    nonisolated(nonsending)
        static func join(
            _ cache: Unmanaged<CachePipeline>,
            _ key: String,
            countsMiss: Bool = true,
            takeOff: () -> Departure?
        ) async throws -> StoredValue?
    {
        let passenger = Passenger(cache, key, countsMiss: countsMiss)
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { passenger.board($0, takeOff) }
        } onCancel: {
            passenger.leave()
        }
    }

    @inline(never)
    func board(
        _ key: FlightKey,
        _ callerID: UInt64,
        _ waiter: SingleFlight.Waiter,
        _ countsMiss: Bool,
        _ takeOff: () -> Departure?
    ) {
        var boarding = flights.follow(key, callerID: callerID, waiter: waiter)
        if boarding != .missed {
            if countsMiss { reportMiss(key.key) }
        } else {
            guard let departure = takeOff() else { return waiter.resume(returning: nil) }
            if countsMiss { reportMiss(key.key) }
            boarding = flights.lead(key, callerID: callerID, waiter: waiter, departure: departure)
        }
        if boarding == .joined { events.emit(.joined, key: key.key) }
    }

    /// The same for a request.
    nonisolated(nonsending)
        func join<Value: Sendable>(
            _ request: FetchRequest<Value>,
            ticket: UInt64?,
            countsMiss: Bool = false,
            looksAgain: Bool = true
        ) async throws -> Value
    {
        let stored = try await Self.join(.passUnretained(self), request.key, countsMiss: countsMiss) {
            departure(request, ticket: ticket, looksAgain: looksAgain)
        }
        if let value = stored?.unboxed(as: Value.self) { return value }
        return try await loadAlone(request)
    }

    /// The load of a request.
    func departure<Value: Sendable>(
        _ request: FetchRequest<Value>,
        ticket: UInt64? = nil,
        looksAgain: Bool = true
    ) -> Departure {
        Departure(tags: request.tags, ticket: ticket) { flight, mustLookAgain in
            await self.fly(request, flight: flight, mustLookAgain: mustLookAgain && looksAgain)
        }
    }

    /// Loads beside a load in flight whose value is of no use: two functions with different result types share the key.
    nonisolated(nonsending)
        func loadAlone<Value: Sendable>(_ request: FetchRequest<Value>) async throws -> Value
    {
        events.emit(.unreadable(CacheEntryError("another type than \(Value.self) was being loaded")), key: request.key)
        return try await request.load()
    }
}
