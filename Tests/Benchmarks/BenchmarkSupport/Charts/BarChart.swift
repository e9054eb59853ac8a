// SPDX-License-Identifier: Apache-2.0

/// A chart of groups of horizontal bars, with the same series in each group.
struct BarChart {
    struct Series {
        let name: String
        let colour: String
        var opacity = 1.0
    }

    struct Group {
        let label: String
        /// The value of each series; nil leaves its place empty.
        let values: [Double?]
        /// Whether the group is emphasised.
        var isEmphasised = false
        /// The colour that replaces those of the series, whose opacities stay.
        var colour: String?
    }

    /// The quantity, and whether a higher or a lower value is better.
    let title: String
    let subtitle: String
    let series: [Series]
    let groups: [Group]

    /// The number of digits after the point in the label of a value.
    var digits = 1

    /// The end of the axis; nil derives it from the values.
    var limit: Double?

    var greatest: Double { groups.flatMap(\.values).compactMap { $0 }.max() ?? 0 }
}
