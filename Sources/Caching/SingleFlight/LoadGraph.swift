// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The waits of the loads of this process for each other, to find loads that would wait for themselves.
///
/// One for all managers, because a load of one may wait for a load of another. Only calls within a load touch it.
package final class LoadGraph: Sendable {
    private struct Node {
        let key: String
        /// The flights that its load waits for, and how often.
        var blockedOn: [FlightID: Int] = [:]
    }

    package static let shared = LoadGraph()

    private let nodes = Mutex<[FlightID: Node]>([:])

    package init() {}

    /// The number of loads that wait for others.
    package var count: Int { nodes.withLock(\.count) }

    /// Notes that a load waits for a flight, unless that flight waits for the load already, over however many steps.
    ///
    /// - Returns: Nil, or the keys along which the flight waits for the load.
    package func block(_ load: ParentLoad, on flight: FlightID, key: String) -> [String]? {
        nodes.withLock { nodes in
            if let path = Self.path(nodes, from: flight, key: key, to: load) { return path }
            nodes[load.flight, default: Node(key: load.key)].blockedOn[flight, default: 0] += 1
            return nil
        }
    }

    /// Notes that a load waits for a flight no more.
    package func unblock(_ load: FlightID, from flight: FlightID) {
        nodes.withLock { nodes in
            guard let count = nodes[load]?.blockedOn[flight] else { return }
            nodes[load]?.blockedOn[flight] = count > 1 ? count - 1 : nil
            if nodes[load]?.blockedOn.isEmpty == true { nodes[load] = nil }
        }
    }

    /// Returns the keys on the way from one flight to another, if there is one.
    ///
    /// Depth first and without recursion: chains can be thousands of loads long, and stacks are small.
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
