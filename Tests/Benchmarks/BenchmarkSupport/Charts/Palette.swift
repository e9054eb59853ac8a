// SPDX-License-Identifier: Apache-2.0

/// Colours that contrast with both a white and a nearly black page.
///
/// A picture cannot know its background: the dark mode of a site is not the one that the browser reports to the
/// picture. Each colour therefore has a medium brightness.
enum Palette {
    static let text = "#737b85"
    static let line = "#8b949e"
    static let own = "#f05138"
    static let caffeine = "#3f83e8"
    static let plain = "#8b949e"
    static let optimum = "#2ea36a"
    static let others = ["#a371f7", "#c08a1e", "#1f9fb5", "#d1619b"]

    /// Returns the colour of a policy; `rank` selects one for a policy without a colour of its own.
    static func colour(of policy: String, rank: Int) -> String {
        switch policy.lowercased() {
        case "swift-caching": own
        case "caffeine": caffeine
        case "lru": plain
        case "fifo": others[1]
        case "optimum": optimum
        default: others[rank % others.count]
        }
    }
}
