// SPDX-License-Identifier: Apache-2.0

/// Something that was asked for and cannot be done: what was given, and what is accepted.
package struct BenchmarkError: Error {
    package let message: String

    package init(_ message: String) { self.message = message }
}
