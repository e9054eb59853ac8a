// SPDX-License-Identifier: Apache-2.0

/// A shard that is out of use, as an object that can be handed to somebody else to be freed.
final class RetiredShard: Sendable {
    private let shard: MemoryShard

    init(_ shard: consuming MemoryShard) { self.shard = shard }

    var count: Int { shard.count }
}
