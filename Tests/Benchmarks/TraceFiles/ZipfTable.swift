// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Zipf's law: the frequency of the item of rank r is proportional to 1 / r to the power of an exponent.
///
/// With the exponent 1 only division and addition are used, which IEEE 754 defines exactly, so the same ranks are drawn
/// on every platform; `pow` does not guarantee that.
package struct ZipfTable: Sendable {
    private let cumulated: [Double]

    package init(count: Int, exponent: Double = 1) {
        var sum = 0.0
        cumulated = (1...count).map { rank in
            sum += 1 / (exponent == 1 ? Double(rank) : pow(Double(rank), exponent))
            return sum
        }
    }

    /// Returns the rank, from 0, of a random number in 0..<1.
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
