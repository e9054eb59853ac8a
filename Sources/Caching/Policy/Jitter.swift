// SPDX-License-Identifier: Apache-2.0

/// Spreads lifetimes at random so that entries written together do not expire together.
package enum Jitter {
    /// A lifetime, moved by up to `share` of itself either way.
    ///
    /// - Parameters:
    ///   - lifetime: The lifetime to spread; what is not positive is left alone.
    ///   - share: How far to move it, 0...1.
    ///   - draw: A random number in 0..<1.
    /// - Returns: The spread lifetime, never less than a nanosecond.
    package static func spread(_ lifetime: Duration, by share: Double, draw: () -> Double) -> Duration {
        guard share > 0, lifetime > .zero else { return lifetime }
        let nanoseconds = Double(lifetime.saturatedNanoseconds)
        let moved = nanoseconds * (1 + min(share, 1) * (2 * draw() - 1))
        return .nanoseconds(moved >= 9.2e18 ? .max : max(1, Int64(moved)))
    }
}
