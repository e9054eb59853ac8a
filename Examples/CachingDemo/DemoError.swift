// SPDX-License-Identifier: Apache-2.0

/// An error in the arguments or the environment, with what is accepted.
struct DemoError: Error {
    let message: String

    init(_ message: String) { self.message = message }
}
