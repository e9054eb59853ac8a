// SPDX-License-Identifier: Apache-2.0

/// A failure of the test bench itself, with a text for whoever reads the test's report.
package struct BenchError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
