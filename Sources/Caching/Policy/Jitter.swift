// SPDX-License-Identifier: Apache-2.0

/// The random variation of lifetimes, so that entries that were written together do not expire together.
package enum Jitter {
    /// Returns a lifetime that is changed at random by up to `share` of itself.
    ///
    /// - Parameters:
    ///   - lifetime: The lifetime; it is returned as it is when it is not positive.
    ///   - share: The largest change, as a share of the lifetime, 0...1.
    ///   - draw: A random number in 0..<1.
    /// - Returns: The changed lifetime, at least a nanosecond.
    package static func spread(_ lifetime: Duration, by share: Double, draw: () -> Double) -> Duration {
        guard share > 0, lifetime > .zero else { return lifetime }
        let nanoseconds = Double(lifetime.saturatedNanoseconds)
        let moved = nanoseconds * (1 + min(share, 1) * (2 * draw() - 1))
        return .nanoseconds(moved >= 9.2e18 ? .max : max(1, Int64(moved)))
    }
}
