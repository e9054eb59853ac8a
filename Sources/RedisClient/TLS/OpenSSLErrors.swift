// SPDX-License-Identifier: Apache-2.0

/// The errors that OpenSSL keeps for each thread.
///
/// An operation must find none from before, or it would take them for its own.
struct OpenSSLErrors {
    /// The number of the first one's reason, which for an alert of the peer is a thousand more than the alert's; zero
    /// when there was none.
    let reason: Int
    /// The reasons in words.
    let text: String

    /// Takes the errors of this thread.
    init(_ library: OpenSSLLibrary) {
        var first: UInt = 0
        var texts: [String] = []
        while true {
            let code = library.nextError()
            guard code != 0 else { break }
            if first == 0 { first = code }
            guard texts.count < 4, let words = library.reason(code).map({ String(cString: $0) }) else { continue }
            if !texts.contains(words) { texts.append(words) }
        }
        // The low bits are the reason in version 1.1 and in version 3, between which the rest has moved.
        reason = Int(first & 0xFFF)
        text = texts.isEmpty ? "OpenSSL gives no reason" : texts.joined(separator: ", ")
    }
}
