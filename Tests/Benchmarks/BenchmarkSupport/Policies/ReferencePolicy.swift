// SPDX-License-Identifier: Apache-2.0

/// A textbook policy, simulated on the numbers of a trace: get-or-put from a cold start.
package enum ReferencePolicy: String, CaseIterable, Sendable {
    /// Evicts the least recently used entry.
    case lru

    /// Evicts the oldest entry.
    case fifo

    /// Evicts the entry whose next use is farthest in the future (Belady, 1966), the upper bound of all policies.
    case optimum

    /// Parses the name of a policy.
    ///
    /// - Throws: `BenchmarkError` for an unknown name.
    package init(named name: String) throws {
        guard let policy = ReferencePolicy(rawValue: name) else {
            let accepted = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw BenchmarkError("there is no policy \"\(name)\"; accepted: \(accepted); without --policy, the backend")
        }
        self = policy
    }

    /// Returns the number of requests of a trace that are hits in a cache with a capacity.
    package func hits(in trace: InternedTrace, capacity: Int) -> Int {
        switch self {
        case .lru: LRUSimulation.hits(in: trace, capacity: capacity)
        case .fifo: FIFOSimulation.hits(in: trace, capacity: capacity)
        case .optimum: OptimumSimulation.hits(in: trace, capacity: capacity)
        }
    }
}
