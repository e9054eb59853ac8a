// SPDX-License-Identifier: Apache-2.0

extension CacheEvent: CustomStringConvertible {
    /// The event in one line, for a log: `sessions: stored "s:9" for 60 s`.
    ///
    /// Keys and errors are escaped and cut. Errors are shown as they describe themselves, and keys may carry personal
    /// data.
    public var description: String {
        let name = Self.isPlain(cache) ? cache : Self.quoted(cache)
        let subject = key.map { " " + Self.quoted($0) } ?? ""
        let (action, rest) = details
        return "\(name): \(action)\(subject)\(rest)"
    }

    /// The words before the key, and those after it.
    private var details: (action: String, rest: String) {
        switch kind {
        case .hit: ("hit", "")
        case .staleHit: ("staleHit", "")
        case .miss: ("miss", "")
        case .joined: ("joined", "")
        case .loaded(let time, let joiners):
            ("loaded", " in \(Self.text(time))" + (joiners > 0 ? ", joined by \(joiners)" : ""))
        case .loadFailed(let error, let time): ("loadFailed", " after \(Self.text(time)): \(Self.text(error))")
        case .loadCancelled: ("loadCancelled", "")
        case .stored(let ttl): ("stored", ttl.map { " for \(Self.text($0))" } ?? " without end")
        case .discarded: ("discarded", "")
        case .skipped: ("skipped", "")
        case .evicted(.size): ("evicted", ", the cache is full")
        case .evicted(.expired): ("evicted", ", it has expired")
        case .invalidated(.key): ("invalidated", "")
        case .invalidated(.pattern(let pattern)): ("invalidated", " keys like \(Self.quoted(pattern.text))")
        case .invalidated(.tag(let tag)): ("invalidated", " tag \(Self.quoted(tag))")
        case .invalidated(.everything): ("invalidated", " everything")
        case .bypassed(let error): ("bypassed", ": \(Self.text(error))")
        case .unreadable(let error): ("unreadable", ": \(Self.text(error))")
        case .notEncodable(let error): ("notEncodable", ": \(Self.text(error))")
        case .backendFailed(let operation, let error):
            ("backendFailed \(Self.line(operation, longest: 80))", ": \(Self.text(error))")
        case .backendUnavailable(let pause): ("backendUnavailable", " for \(Self.text(pause))")
        case .backendRecovered: ("backendRecovered", "")
        case .backendConnected(let server): ("backendConnected", " to \(Self.line(server, longest: 200))")
        case .backendDisconnected(let error): ("backendDisconnected", ": \(Self.text(error))")
        case .dropped(let count): ("dropped", count == 1 ? " 1 event" : " \(count) events")
        }
    }

    /// Whether a name needs no quotation marks.
    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 80
            && name.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || "0123456789-_.".unicodeScalars.contains($0)
            }
    }

    private static func quoted(_ text: String) -> String { line(QuotedText.of(text), longest: .max) }

    private static func text(_ error: any Error) -> String { line("\(error)", longest: 300) }

    private static func text(_ duration: Duration) -> String {
        let nanoseconds = duration.saturatedNanoseconds
        let (unit, name): (Double, String) =
            switch nanoseconds.magnitude {
            case 0, 1_000_000_000...: (1e9, "s")
            case 1_000_000...: (1e6, "ms")
            case 1_000...: (1e3, "µs")
            default: (1, "ns")
            }
        let number = (Double(nanoseconds) / unit * 1000).rounded() / 1000
        return (Int64(exactly: number).map { "\($0)" } ?? "\(number)") + " \(name)"
    }

    /// Returns a text in one line: escaped where it would begin another, or change how a terminal shows it, and cut.
    private static func line(_ text: String, longest: Int) -> String {
        let shown = text.unicodeScalars.prefix(longest).map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: scalar.escaped(asASCII: true)
            // Not the joiners that emoji and some scripts are written with.
            case .format where !(0x200C...0x200D).contains(scalar.value): scalar.escaped(asASCII: true)
            default: String(scalar)
            }
        }
        return shown.joined() + (shown.count == longest && text.unicodeScalars.count > longest ? "…" : "")
    }
}
