// SPDX-License-Identifier: Apache-2.0

/// The figures of one contestant over several rounds.
struct Measurement {
    let name: String
    var nanoseconds: [Double] = []
    /// The ratios of the time to the baseline of the same round.
    var ratios: [Double] = []
    /// The microseconds above the baseline of the same round.
    var extras: [Double] = []
    var allocations: Double?

    /// The row of a table of ratios: the median, and the range over the rounds.
    var row: String {
        let ratio = ratios.sorted()
        let spread = "\(Self.text(ratio.first ?? 0)) .. \(Self.text(ratio.last ?? 0))"
        let allocated = allocations.map { Self.text($0) } ?? "-"
        return
            "| \(name) | \(Self.text(Self.median(ratios))) | \(spread) | \(Self.text(Self.median(nanoseconds), digits: 0)) | \(allocated) |"
    }

    /// The row of a table of differences.
    var extraRow: String {
        let extra = extras.sorted()
        let spread = "\(Self.text(extra.first ?? 0)) .. \(Self.text(extra.last ?? 0))"
        let time = Self.text(Self.median(nanoseconds), digits: 0)
        return "| \(name) | \(Self.text(Self.median(extras))) | \(spread) | \(time) |"
    }

    static let header =
        "| | ratio to the baseline (median) | range | ns (this run) | allocations |\n|---|---:|---:|---:|---:|"

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    static func text(_ value: Double, digits: Int = 2) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let rounded = (value * scale).rounded() / scale
        return digits == 0 ? "\(Int(rounded))" : "\(rounded)"
    }
}
