// SPDX-License-Identifier: Apache-2.0

/// A failure of the test support.
package struct TestSupportError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
