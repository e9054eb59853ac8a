// SPDX-License-Identifier: Apache-2.0

/// Something that was asked for and cannot be done: what was given, and what is accepted.
struct DemoError: Error {
    let message: String

    init(_ message: String) { self.message = message }
}
