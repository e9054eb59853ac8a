// SPDX-License-Identifier: Apache-2.0

/// The latencies of all requests, so that percentiles are exact.
struct Latencies: Sendable {
    private var nanoseconds: [Int64] = []

    mutating func add(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        nanoseconds.append(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    mutating func add(_ other: Latencies) { nanoseconds += other.nanoseconds }

    var count: Int { nanoseconds.count }

    /// Returns the nearest-rank percentiles of some shares, in the same order; zero without measurements.
    func percentiles(_ shares: [Double]) -> [Duration] {
        let sorted = nanoseconds.sorted()
        guard !sorted.isEmpty else { return shares.map { _ in .zero } }
        return shares.map { share in
            let rank = Int((share * Double(sorted.count)).rounded(.up))
            return .nanoseconds(sorted[max(0, min(sorted.count, rank) - 1)])
        }
    }
}
