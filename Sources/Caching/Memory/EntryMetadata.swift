// SPDX-License-Identifier: Apache-2.0

/// What only some entries have; the others pay nothing for it.
struct EntryMetadata: Sendable {
    /// Microseconds since 1970; 0 when nobody will ask.
    var createdAt: Int64 = 0
    /// Nanoseconds between getting stale and being gone.
    var staleWindow: Int64 = 0
    var tags: [String] = []

    var isEmpty: Bool { createdAt == 0 && staleWindow == 0 && tags.isEmpty }
}
