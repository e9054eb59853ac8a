// SPDX-License-Identifier: Apache-2.0

/// Colours that can be told from both a white and a nearly black page.
///
/// A picture cannot know which it is on: what a site calls its dark mode is not what the browser tells the picture. So
/// there is one colour for both, of a brightness in the middle.
enum Palette {
    static let text = "#737b85"
    static let line = "#8b949e"
    static let own = "#f05138"
    static let caffeine = "#3f83e8"
    static let plain = "#8b949e"
    static let optimum = "#2ea36a"
    static let others = ["#a371f7", "#c08a1e", "#1f9fb5", "#d1619b"]

    /// The colour of a policy by its name; `rank` tells apart those that have none of their own.
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
