// SPDX-License-Identifier: Apache-2.0

/// How many entries left without being asked to.
struct EvictionCounts: Sendable, Hashable {
    var bySize: Int
    var byExpiry: Int

    init(bySize: Int = 0, byExpiry: Int = 0) {
        self.bySize = bySize
        self.byExpiry = byExpiry
    }

    /// One, for this reason.
    init(_ reason: EvictionReason) {
        self.init(bySize: reason == .size ? 1 : 0, byExpiry: reason == .expired ? 1 : 0)
    }

    static func + (left: Self, right: Self) -> Self {
        Self(bySize: left.bySize &+ right.bySize, byExpiry: left.byExpiry &+ right.byExpiry)
    }

    static func - (left: Self, right: Self) -> Self {
        Self(bySize: left.bySize &- right.bySize, byExpiry: left.byExpiry &- right.byExpiry)
    }
}
