// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The warnings of drivers while a configuration is put to work.
final class StartupWarnings: Sendable {
    private let messages = Mutex<[(text: String, caches: [String])]>([])

    /// Adds what a driver says about a cache; said of several, it is one warning.
    func add(_ text: String, cache: String) {
        messages.withLock { messages in
            if let index = messages.firstIndex(where: { $0.text == text }) {
                messages[index].caches.append(cache)
            } else {
                messages.append((text, [cache]))
            }
        }
    }

    /// Returns all messages so far; the names of the caches are no secret, also when one is equal to one.
    func texts(_ shown: (String) -> String) -> [String] {
        messages.withLock { $0 }.map { message in
            let names = message.caches.map { QuotedText.of($0) }.joined(separator: ", ")
            return "\(message.caches.count == 1 ? "cache" : "caches") \(names): \(shown(message.text))"
        }
    }
}
