// SPDX-License-Identifier: Apache-2.0

/// A textbook policy to compare with, simulated on the numbers of a trace: get-or-put from a cold start.
package enum ReferencePolicy: String, CaseIterable, Sendable {
    /// Evicts what was used longest ago.
    case lru

    /// Evicts what came first.
    case fifo

    /// Evicts what will be used farthest in the future (Belady, 1966): what no cache that cannot see it can beat.
    case optimum

    /// Reads the name of a policy.
    ///
    /// - Throws: `BenchmarkError` for another one.
    package init(named name: String) throws {
        guard let policy = ReferencePolicy(rawValue: name) else {
            let accepted = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw BenchmarkError("there is no policy \"\(name)\"; accepted: \(accepted); without one, the backend")
        }
        self = policy
    }

    /// How many requests of a trace are hits in a cache of so many entries.
    package func hits(in trace: InternedTrace, capacity: Int) -> Int {
        switch self {
        case .lru: LRUSimulation.hits(in: trace, capacity: capacity)
        case .fifo: FIFOSimulation.hits(in: trace, capacity: capacity)
        case .optimum: OptimumSimulation.hits(in: trace, capacity: capacity)
        }
    }
}
