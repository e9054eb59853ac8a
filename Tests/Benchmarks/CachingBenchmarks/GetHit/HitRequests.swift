// SPDX-License-Identifier: Apache-2.0

import TraceFiles

/// Requests for resident keys, drawn by Zipf's law; each key is a separate string, as if received from a network.
struct HitRequests: Sendable {
    private static let count = 1 << 17
    private static let exponent = 0.99
    private static let shuffleSeed: UInt64 = 7

    let keys: [String]
    private let ranks: ZipfTable
    private let shuffled: [Int]

    init(residents: Int, prefix: String) {
        keys = (0..<residents).map { prefix + String($0) }
        ranks = ZipfTable(count: residents, exponent: Self.exponent)
        // Popularity must be independent of the order of insertion.
        var random = SplitMix64(seed: Self.shuffleSeed)
        shuffled = Array(0..<residents).shuffled(using: &random)
    }

    /// Returns the requests of one thread.
    func draw(seed: UInt64) -> RequestKeys {
        var random = SplitMix64(seed: seed)
        return RequestKeys(
            (0..<Self.count).map { _ in
                String(decoding: Array(keys[shuffled[ranks.rank(random.unit())]].utf8), as: UTF8.self)
            }
        )
    }
}
