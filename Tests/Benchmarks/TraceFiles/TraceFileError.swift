// SPDX-License-Identifier: Apache-2.0

/// A file of keys that cannot be read or written: what was found, and what is needed.
package struct TraceFileError: Error {
    package let message: String

    package init(_ message: String) { self.message = message }
}
