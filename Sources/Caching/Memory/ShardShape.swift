// SPDX-License-Identifier: Apache-2.0

/// How a shard is made; all of a store are made alike, but that one of them tries the experts.
struct ShardShape: Sendable {
    let hasCosts: Bool
    var feedsShadows: Bool
    let hash: KeyHash
}
