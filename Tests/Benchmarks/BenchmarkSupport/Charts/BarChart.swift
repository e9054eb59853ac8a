// SPDX-License-Identifier: Apache-2.0

/// What a chart shows: groups of horizontal bars, the same bars in each group.
struct BarChart {
    struct Series {
        let name: String
        let colour: String
        var opacity = 1.0
    }

    struct Group {
        let label: String
        /// One value for each series; nil leaves its place empty.
        let values: [Double?]
        /// A group that is to be seen first.
        var isEmphasised = false
        /// Replaces the colours of the series, not their opacities.
        var colour: String?
    }

    /// What it is, and what is better.
    let title: String
    let subtitle: String
    let series: [Series]
    let groups: [Group]

    /// How many digits after the point a value's label has.
    var digits = 1

    /// The end of the axis, when it is known; otherwise it follows from the values.
    var limit: Double?

    var greatest: Double { groups.flatMap(\.values).compactMap { $0 }.max() ?? 0 }
}
