// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The stream for messages to operators.
enum StandardError {
    /// Writes a text, which is lost when the stream does not accept it.
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            #if canImport(Darwin)
                _ = Darwin.write(STDERR_FILENO, utf8.baseAddress, utf8.count)
            #elseif canImport(Musl)
                _ = Musl.write(STDERR_FILENO, utf8.baseAddress, utf8.count)
            #else
                _ = Glibc.write(STDERR_FILENO, utf8.baseAddress, utf8.count)
            #endif
        }
    }
}
