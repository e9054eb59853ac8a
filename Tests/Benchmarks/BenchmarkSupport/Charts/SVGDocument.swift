// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A builder of an SVG file, one element a line, the same for the same calls.
struct SVGDocument {
    private var lines: [String]

    init(width: Double, height: Double, title: String, description: String) {
        let (width, height) = (Self.number(width), Self.number(height))
        lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
                + "viewBox=\"0 0 \(width) \(height)\" role=\"img\" aria-labelledby=\"title description\" "
                + "font-family=\"system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif\">",
            "<title id=\"title\">\(Self.escaped(title))</title>",
            "<desc id=\"description\">\(Self.escaped(description))</desc>",
        ]
    }

    /// The text of the file.
    var text: String { lines.joined(separator: "\n") + "\n</svg>\n" }

    enum Anchor: String { case start, middle, end }

    mutating func text(
        _ text: String,
        x: Double,
        y: Double,
        size: Double,
        anchor: Anchor = .start,
        isBold: Bool = false,
        colour: String = Palette.text
    ) {
        lines.append(
            "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" font-size=\"\(Self.number(size))\" fill=\"\(colour)\""
                + (anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\"")
                + (isBold ? " font-weight=\"600\"" : "") + ">\(Self.escaped(text))</text>"
        )
    }

    /// Adds a rectangle with rounded corners; `tip` is shown under a pointer.
    mutating func bar(
        x: Double,
        y: Double,
        width: Double,
        height: Double,
        colour: String,
        opacity: Double = 1,
        tip: String? = nil
    ) {
        let shape =
            "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\" "
            + "height=\"\(Self.number(height))\" rx=\"2\" fill=\"\(colour)\""
            + (opacity == 1 ? "" : " fill-opacity=\"\(Self.number(opacity))\"")
        lines.append(tip.map { "\(shape)><title>\(Self.escaped($0))</title></rect>" } ?? "\(shape)/>")
    }

    /// Adds a dim vertical line, for the axis.
    mutating func rule(x: Double, from top: Double, to bottom: Double) {
        lines.append(
            "<line x1=\"\(Self.number(x))\" y1=\"\(Self.number(top))\" x2=\"\(Self.number(x))\" "
                + "y2=\"\(Self.number(bottom))\" stroke=\"\(Palette.line)\" stroke-opacity=\"0.3\"/>"
        )
    }

    /// Returns a number with up to two digits after the point, without zeros at its end.
    static func number(_ value: Double) -> String {
        var text = String(format: "%.2f", value)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text == "-0" ? "0" : text
    }

    /// Returns a text escaped for XML; control characters, which XML excludes, become spaces.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
