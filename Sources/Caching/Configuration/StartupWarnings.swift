// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The warnings of drivers while a configuration is put to work.
final class StartupWarnings: Sendable {
    private let messages = Mutex<[String]>([])

    func add(_ message: String) { messages.withLock { $0.append(message) } }

    /// All messages so far.
    var all: [String] { messages.withLock { $0 } }
}
