// SPDX-License-Identifier: Apache-2.0

/// Zipf's law: the item of rank r is asked for in proportion to 1 / r.
///
/// The exponent is 1 on purpose: division and addition are exact by IEEE 754, so the trace is the same everywhere,
/// which `pow` would not promise.
struct ZipfTable {
    private let cumulated: [Double]

    init(count: Int) {
        var sum = 0.0
        cumulated = (1...count).map { rank in
            sum += 1 / Double(rank)
            return sum
        }
    }

    /// The rank, from 0, that belongs to a random number in 0..<1.
    func rank(_ unit: Double) -> Int {
        let wanted = unit * (cumulated.last ?? 0)
        var (low, high) = (0, cumulated.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if cumulated[middle] > wanted { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
