// SPDX-License-Identifier: Apache-2.0

/// The range and the median of a few measurements.
package struct Spread: Sendable {
    private let sorted: [Double]

    package init(_ values: [Double]) { sorted = values.sorted() }

    package var least: Double { sorted.first ?? 0 }
    package var greatest: Double { sorted.last ?? 0 }

    /// The median; zero when there are no measurements.
    package var median: Double {
        sorted.isEmpty ? 0 : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
