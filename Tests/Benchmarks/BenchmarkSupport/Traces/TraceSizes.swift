// SPDX-License-Identifier: Apache-2.0

/// A trace and the cache sizes to replay it with, written `FILE:SIZE,SIZE`.
package struct TraceSizes: Sendable, Equatable {
    package let path: String
    package let sizes: [Int]

    private static let largest = 1 << 30

    /// Parses a text; the file is the part before the last colon.
    ///
    /// - Throws: `BenchmarkError` when the text has another form.
    package init(_ text: String) throws {
        guard let colon = text.lastIndex(of: ":"), colon != text.startIndex else {
            throw BenchmarkError("\"\(text)\" is not accepted: it is FILE:SIZE,SIZE such as oltp.txt.gz:250,1000")
        }
        path = String(text[..<colon])
        sizes = try text[text.index(after: colon)...].split(separator: ",", omittingEmptySubsequences: false).map {
            guard let size = Int($0), (1...Self.largest).contains(size) else {
                throw BenchmarkError(
                    "the size \"\($0)\" in \"\(text)\" is not accepted: it is a whole number from 1 to \(Self.largest)"
                )
            }
            return size
        }
    }
}
