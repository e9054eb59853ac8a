// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The warnings of drivers while caches are made from a configuration.
final class StartupWarnings: Sendable {
    private let messages = Mutex<[(text: String, caches: [String])]>([])

    /// Adds a warning about a cache; a warning about several caches is listed once.
    func add(_ text: String, cache: String) {
        messages.withLock { messages in
            if let index = messages.firstIndex(where: { $0.text == text }) {
                messages[index].caches.append(cache)
            } else {
                messages.append((text, [cache]))
            }
        }
    }

    /// Returns all messages so far; names of caches are shown, even a name that is equal to a secret.
    func texts(_ shown: (String) -> String) -> [String] {
        messages.withLock { $0 }.map { message in
            let names = message.caches.map { QuotedText.of($0) }.joined(separator: ", ")
            return "\(message.caches.count == 1 ? "cache" : "caches") \(names): \(shown(message.text))"
        }
    }
}
