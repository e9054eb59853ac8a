// SPDX-License-Identifier: Apache-2.0

/// An error about a file of keys, with what is needed.
package struct TraceFileError: Error {
    package let message: String

    package init(_ message: String) { self.message = message }
}
