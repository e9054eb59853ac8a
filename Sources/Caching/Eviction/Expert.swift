// SPDX-License-Identifier: Apache-2.0

/// One of the four base policies, which differ in the size of the window and in the admission to the main queue.
package enum Expert: Int, CaseIterable, Sendable {
    /// A window of 0.3 %; admission by frequency (TinyLFU). Best for loops, tiny caches and Zipf distributions.
    case frequency
    /// A window of 30 %; admission by recency (LIRS). Best for OLTP, web and CDN traces.
    case recencyWideWindow
    /// A window of 100 %: CLOCK. Best where only recency matters.
    case clock
    /// A window of 5 %; admission by recency. Best for disks, mixed loads, and after a cold start.
    case recency

    /// The expert of a new cache.
    package static let initial = Expert.recency

    /// The part of the capacity that is window, in thousandths.
    var windowShare: Int {
        switch self {
        case .frequency: 3
        case .recencyWideWindow: 300
        case .clock: 1000
        case .recency: 50
        }
    }

    /// Whether candidates are admitted by the frequency of their keys instead of their recency.
    var admitsByFrequency: Bool { self == .frequency }

    /// Returns the size of the window in a cache of this capacity: at least 1, at most the capacity.
    package func window(of capacity: Int) -> Int {
        // Computed in two parts, so that capacities near Int.max do not overflow.
        let share = capacity / 1000 * windowShare + (capacity % 1000 * windowShare + 500) / 1000
        return min(capacity, max(1, share))
    }
}
