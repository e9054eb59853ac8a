// SPDX-License-Identifier: Apache-2.0

/// An axis from zero with a few round numbers on it.
struct Axis: Equatable {
    let ticks: [Double]

    var end: Double { ticks.last ?? 1 }

    /// Creates an axis that reaches a value, in four to six steps of 1, 2, 2.5 or 5 times a power of ten.
    init(reaching value: Double) {
        let value = value > 0 ? value : 1
        var power = 1.0
        while power * 10 <= value { power *= 10 }
        while power > value { power /= 10 }
        let step = [0.1, 0.2, 0.25, 0.5, 1, 2, 2.5].map { $0 * power }.first { $0 * 6 >= value } ?? power * 5
        let steps = Int((value / step).rounded(.up))
        ticks = (0...steps).map { Double($0) * step }
    }

    /// Returns the position of a value between the ends, 0...1.
    func position(_ value: Double) -> Double { min(1, max(0, value / end)) }
}
