// SPDX-License-Identifier: Apache-2.0

import Foundation

extension BarChart {
    private enum Layout {
        static let width = 820.0
        static let margin = 16.0
        static let top = 104.0
        static let bar = 12.0
        static let gapInGroup = 2.0
        static let gapBetweenGroups = 14.0
        static let axisHeight = 34.0
        /// The space for the label at the end of the longest bar.
        static let labelRoom = 48.0
        /// The approximate width of a character at a size of 1; the font of the reader is unknown.
        static let characterWidth = 0.56
    }

    /// The chart as an SVG file.
    func svg() -> String {
        let groupHeight = Double(series.count) * (Layout.bar + Layout.gapInGroup) - Layout.gapInGroup
        let step = groupHeight + Layout.gapBetweenGroups
        let bottom = Layout.top + step * Double(groups.count)
        let labels = groups.map { Double($0.label.count) }.max() ?? 0
        let left = Layout.margin + labels * 13 * Layout.characterWidth + 14
        let width = Layout.width - left - Layout.margin - Layout.labelRoom
        let axis = Axis(reaching: limit ?? greatest)

        var document = SVGDocument(
            width: Layout.width,
            height: bottom + Layout.axisHeight,
            title: title,
            description: description
        )
        document.text(title, x: Layout.margin, y: 32, size: 19, isBold: true)
        document.text(subtitle, x: Layout.margin, y: 54, size: 13)
        drawLegend(&document)
        for tick in axis.ticks {
            let x = left + axis.position(tick) * width
            document.rule(x: x, from: Layout.top - 6, to: bottom - 4)
            document.text(SVGDocument.number(tick), x: x, y: bottom + 14, size: 12, anchor: .middle)
        }
        for (index, group) in groups.enumerated() {
            let y = Layout.top + Double(index) * step
            document.text(
                group.label,
                x: left - 10,
                y: y + groupHeight / 2 + 4.5,
                size: 13,
                anchor: .end,
                isBold: group.isEmphasised
            )
            for (number, value) in group.values.enumerated() {
                guard let value else { continue }
                let barY = y + Double(number) * (Layout.bar + Layout.gapInGroup)
                // A small value remains visible; zero has no bar.
                let length = value > 0 ? max(1, axis.position(value) * width) : 0
                let text = label(value)
                document.bar(
                    x: left,
                    y: barY,
                    width: length,
                    height: Layout.bar,
                    colour: group.colour ?? series[number].colour,
                    opacity: series[number].opacity,
                    tip: "\(group.label), \(series[number].name): \(text)"
                )
                let isBold = group.isEmphasised && number == 0
                document.text(text, x: left + length + 5, y: barY + Layout.bar - 2, size: 11, isBold: isBold)
            }
        }
        return document.text
    }

    /// The chart in words, for screen readers.
    private var description: String {
        let rows = groups.map { group in
            let values = zip(series, group.values).compactMap { series, value in
                value.map { "\(series.name) \(label($0))" }
            }
            return "\(group.label): \(values.joined(separator: ", "))"
        }
        return "\(subtitle). \(rows.joined(separator: "; "))."
    }

    private func label(_ value: Double) -> String { String(format: "%.\(digits)f", value) }

    private func drawLegend(_ document: inout SVGDocument) {
        var x = Layout.margin
        for series in series {
            document.bar(x: x, y: 71, width: 12, height: 12, colour: series.colour, opacity: series.opacity)
            document.text(series.name, x: x + 18, y: 81.5, size: 13)
            x += 18 + Double(series.name.count) * 13 * Layout.characterWidth + 22
        }
    }
}
