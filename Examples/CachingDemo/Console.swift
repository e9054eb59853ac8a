// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Output for people: lines that are flushed, and numbers with units.
enum Console {
    /// Whether standard output is a terminal, where a line can be overwritten.
    static let isTerminal = isatty(1) == 1

    /// Prints a line and flushes it, because a pipe is buffered.
    static func say(_ text: String = "") {
        print(text)
        fflush(nil)
    }

    /// Prints a line that the next one replaces on a terminal.
    static func progress(_ text: String) {
        print(text, terminator: isTerminal ? "\u{1B}[K\r" : "\n")
        fflush(nil)
    }

    /// Prints a name and a value in two columns.
    static func row(_ name: String, _ value: String) {
        say("  " + name.padding(toLength: 26, withPad: " ", startingAt: 0) + value)
    }

    /// Returns a count with thousands separated: 40,000.
    static func count(_ value: Int) -> String {
        var text = ""
        for (index, digit) in String(value).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    /// Returns a time in a suitable unit.
    static func time(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        return switch seconds {
        case ..<1e-6: String(format: "%.0f ns", seconds * 1e9)
        case ..<1e-3: String(format: "%.1f µs", seconds * 1e6)
        case ..<1: String(format: "%.2f ms", seconds * 1e3)
        default: String(format: "%.2f s", seconds)
        }
    }

    /// Returns a share as percent: 87.5 %.
    static func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }
}
