// SPDX-License-Identifier: Apache-2.0

import TraceFiles

/// The generator of the bundled trace, one day of a shop, with the same keys on every machine.
///
/// The trace has the usual challenges of a cache: popularity by Zipf's law that drifts during the day, a crawler that
/// reads unpopular keys, and bursts on single products.
struct TraceGenerator {
    private static let count = 40_000
    private static let products = 12_000
    private static let searches = 3000
    private static let categories = 150

    private var random = SplitMix64(seed: 2026)
    private let productRanks = ZipfTable(count: products)
    private let searchRanks = ZipfTable(count: searches)
    private let categoryRanks = ZipfTable(count: categories)
    private var crawled = 0

    /// Returns the keys of the day, in order.
    static func keys() -> [String] {
        var generator = TraceGenerator()
        return (0..<count).map { generator.key(at: Double($0) / Double(count)) }
    }

    /// Returns the key of one request at a time of the day, 0..<1.
    private mutating func key(at time: Double) -> String {
        let draw = random.unit()
        // A crawler reads the catalogue once during the night, from its end.
        if time < 0.2, draw < 0.3 {
            crawled += 1
            return "product:\(Self.products - crawled)"
        }
        // Flash sales: for a short time every second visitor requests the same product.
        for (start, product) in [(0.35, 7001), (0.55, 7002), (0.8, 7003)] where time >= start && time < start + 0.02 {
            if draw < 0.5 { return "product:\(product)" }
        }
        switch random.unit() {
        case ..<0.68: return "product:\(product(at: time))"
        case ..<0.88: return "category:\(categoryRanks.rank(random.unit()))"
        default: return "search:\(searchRanks.rank(random.unit()))"
        }
    }

    /// Returns a product by its popularity at a time: two of five requests go to products that change each hour.
    private mutating func product(at time: Double) -> Int {
        let rank = productRanks.rank(random.unit())
        guard random.unit() < 0.4 else { return rank }
        let hour = Int(time * 24)
        return (rank + hour * 311) % Self.products
    }
}
