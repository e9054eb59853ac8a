// SPDX-License-Identifier: Apache-2.0

/// Waiting for a load.
extension CachePipeline {
    /// The value of a request, from the load in flight or from a new one.
    nonisolated(nonsending)
        func join<Value: Sendable>(
            _ request: FetchRequest<Value>,
            ticket: UInt64?,
            countsMiss: Bool = false,
            looksAgain: Bool = true
        ) async throws -> Value
    {
        let passenger = Passenger(.passUnretained(self), key: request.key, countsMiss: countsMiss)
        let stored = try await passenger.wait { _, _ in departure(request, ticket: ticket, looksAgain: looksAgain) }
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
