// SPDX-License-Identifier: Apache-2.0

extension KeyPattern {
    /// This pattern for keys that have a prefix.
    func prefixed(_ prefix: String) -> KeyPattern { prefix.isEmpty ? self : KeyPattern(prefix + text) }
}
