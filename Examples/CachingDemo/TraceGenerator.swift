// SPDX-License-Identifier: Apache-2.0

import TraceFiles

/// Makes the bundled trace, one day of a shop: the same keys each time, on every machine.
///
/// What caches are tested by in practice is all there: popularity by Zipf's law, a popularity that drifts during the
/// day, a crawler that reads what nobody else asks for, and bursts on single products.
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

    /// The keys of the day, in order.
    static func keys() -> [String] {
        var generator = TraceGenerator()
        return (0..<count).map { generator.key(at: Double($0) / Double(count)) }
    }

    /// One request at a time of the day, 0..<1.
    private mutating func key(at time: Double) -> String {
        let draw = random.unit()
        // A crawler walks through the catalogue from one end, once, during the night.
        if time < 0.2, draw < 0.3 {
            crawled += 1
            return "product:\(Self.products - crawled)"
        }
        // Flash sales: for a short while every second visitor wants the same product.
        for (start, product) in [(0.35, 7001), (0.55, 7002), (0.8, 7003)] where time >= start && time < start + 0.02 {
            if draw < 0.5 { return "product:\(product)" }
        }
        switch random.unit() {
        case ..<0.68: return "product:\(product(at: time))"
        case ..<0.88: return "category:\(categoryRanks.rank(random.unit()))"
        default: return "search:\(searchRanks.rank(random.unit()))"
        }
    }

    /// A product by its popularity at that time: each hour other ones come up in two of five requests.
    private mutating func product(at time: Double) -> Int {
        let rank = productRanks.rank(random.unit())
        guard random.unit() < 0.4 else { return rank }
        let hour = Int(time * 24)
        return (rank + hour * 311) % Self.products
    }
}
