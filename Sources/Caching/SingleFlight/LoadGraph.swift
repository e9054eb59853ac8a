// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The graph of loads that wait for other loads, to find loads that would wait for themselves.
///
/// The process has one, because a load of one manager may wait for a load of another. Only calls within a load use it.
package final class LoadGraph: Sendable {
    private struct Node {
        let key: String
        /// The flights that the load waits for, with the number of waits.
        var blockedOn: [FlightID: Int] = [:]
    }

    package static let shared = LoadGraph()

    private let nodes = Mutex<[FlightID: Node]>([:])

    package init() {}

    /// The number of loads that wait for others.
    package var count: Int { nodes.withLock(\.count) }

    /// Records that a load waits for a flight, unless the flight waits for the load, directly or through other loads.
    ///
    /// - Returns: Nil, or the keys on the way from the flight to the load.
    package func block(_ load: ParentLoad, on flight: FlightID, key: String) -> [String]? {
        nodes.withLock { nodes in
            if let path = Self.path(nodes, from: flight, key: key, to: load) { return path }
            nodes[load.flight, default: Node(key: load.key)].blockedOn[flight, default: 0] += 1
            return nil
        }
    }

    /// Removes the record that a load waits for a flight.
    package func unblock(_ load: FlightID, from flight: FlightID) {
        nodes.withLock { nodes in
            guard let count = nodes[load]?.blockedOn[flight] else { return }
            nodes[load]?.blockedOn[flight] = count > 1 ? count - 1 : nil
            if nodes[load]?.blockedOn.isEmpty == true { nodes[load] = nil }
        }
    }

    /// Returns the keys on the way from one flight to another; nil when there is no way.
    ///
    /// The search is depth first and not recursive, because chains of thousands of loads would exhaust the stack.
    private static func path(
        _ nodes: [FlightID: Node],
        from start: FlightID,
        key: String,
        to goal: ParentLoad
    ) -> [String]? {
        if start == goal.flight { return [key] }
        var cameFrom: [FlightID: FlightID] = [start: start]
        var open = [start]
        while let current = open.popLast() {
            for next in nodes[current]?.blockedOn.keys.sorted() ?? [] where cameFrom[next] == nil {
                cameFrom[next] = current
                guard next == goal.flight else {
                    open.append(next)
                    continue
                }
                var keys = [goal.key]
                var step = current
                while step != start {
                    if let node = nodes[step] { keys.append(node.key) }
                    step = cameFrom[step] ?? start
                }
                return [key] + keys.reversed()
            }
        }
        return nil
    }
}
