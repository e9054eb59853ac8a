// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A simulated slow database, whose reads take the same time and are counted.
final class Database: Sendable {
    private let latency: Duration
    private let reads = Atomic<Int>(0)
    private let versions = Mutex<[String: Int]>([:])

    init(latency: Duration) { self.latency = latency }

    /// The number of reads.
    var loads: Int { reads.load(ordering: .relaxed) }

    /// Reads an item.
    func item(_ key: String) async throws -> Item {
        reads.wrappingAdd(1, ordering: .relaxed)
        if latency > .zero { try await Task.sleep(for: latency) }
        return Item(key: key, version: versions.withLock { $0[key, default: 1] })
    }

    /// Writes a new version of some items.
    func write(_ keys: [String]) {
        versions.withLock { versions in
            for key in keys { versions[key, default: 1] += 1 }
        }
    }
}
