// SPDX-License-Identifier: Apache-2.0

/// The errors in the error queue of the current thread.
///
/// The queue must be empty before an operation, so that the operation reports no earlier errors.
struct OpenSSLErrorQueue {
    /// The reason code of the first error, zero if there is none.
    ///
    /// The code of an alert of the peer is the number of the alert plus 1000.
    let reason: Int
    /// The descriptions of the errors.
    let text: String

    /// Removes the errors from the queue of the current thread.
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
        // The low bits are the reason both in OpenSSL 1.1 and in 3, which differ in the other bits.
        reason = Int(first & 0xFFF)
        text = texts.isEmpty ? "OpenSSL gives no reason" : texts.joined(separator: ", ")
    }
}
