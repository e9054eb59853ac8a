// SPDX-License-Identifier: Apache-2.0

/// One of the four base policies: they share queues and counters, and differ in two numbers.
package enum Expert: Int, CaseIterable, Sendable {
    /// A window of almost nothing; admission by frequency (TinyLFU). Wins on loops, tiny caches, Zipf.
    case frequency
    /// A window of 30 %; admission by recency (LIRS). Wins on OLTP, web, CDN.
    case recencyWideWindow
    /// All window, no main: CLOCK. Wins where only recency counts.
    case clock
    /// A window of 5 %; admission by recency. Wins on disks and mixed loads, and right after a cold start.
    case recency

    /// Which one a new cache follows.
    package static let initial = Expert.recency

    /// Which part of the capacity is window, in thousandths.
    var windowShare: Int {
        switch self {
        case .frequency: 3
        case .recencyWideWindow: 300
        case .clock: 1000
        case .recency: 50
        }
    }

    /// Whether a window victim is admitted by how often its key was seen, rather than by how recently.
    var admitsByFrequency: Bool { self == .frequency }

    /// The size of the window in a cache of this capacity: at least 1, at most all of it.
    package func window(of capacity: Int) -> Int {
        // In two parts, so that capacities near Int.max do not overflow.
        let share = capacity / 1000 * windowShare + (capacity % 1000 * windowShare + 500) / 1000
        return min(capacity, max(1, share))
    }
}
