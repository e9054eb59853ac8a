// SPDX-License-Identifier: Apache-2.0

/// An error in the arguments or the environment, with what is accepted.
package struct BenchmarkError: Error {
    package let message: String

    package init(_ message: String) { self.message = message }
}
