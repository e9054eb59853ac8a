// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Zipf's law: the item of rank r is asked for in proportion to 1 / r to the power of an exponent.
///
/// With the exponent 1 only division and addition are used, which are exact by IEEE 754, so what is drawn is the same
/// everywhere; `pow` does not promise that.
package struct ZipfTable: Sendable {
    private let cumulated: [Double]

    package init(count: Int, exponent: Double = 1) {
        var sum = 0.0
        cumulated = (1...count).map { rank in
            sum += 1 / (exponent == 1 ? Double(rank) : pow(Double(rank), exponent))
            return sum
        }
    }

    /// The rank, from 0, that belongs to a random number in 0..<1.
    package func rank(_ unit: Double) -> Int {
        let wanted = unit * (cumulated.last ?? 0)
        var (low, high) = (0, cumulated.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if cumulated[middle] > wanted { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
