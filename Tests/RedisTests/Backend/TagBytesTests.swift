// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport
import Testing

@Suite("Tags that are equal as strings")
struct TagBytesTests {
    /// Canonically equivalent texts with different bytes, which are different tags.
    private static let composed = "caf\u{E9}"
    private static let decomposed = "cafe\u{301}"

    @Test(arguments: RedisServer.availableKinds, [true, false])
    func `an entry can have both tags`(kind: RedisServer.Kind, invalidatesComposed: Bool) async throws {
        let processes = try await TwoProcesses(kind)
        let tags = [Self.composed, Self.decomposed]
        let answer = cached(ttl: 60, key: "k", tags: CacheTags(tags), manager: processes.first) { () async throws in 1 }
        #expect(try await answer() == 1)
        #expect(try await processes.second.get("k", as: Int.self) == 1)
        try await processes.second.invalidate(tag: invalidatesComposed ? Self.composed : Self.decomposed)
        #expect(try await processes.second.get("k", as: Int.self) == nil)
        await processes.shutdown()
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a tag does not invalidate the other`(kind: RedisServer.Kind) async throws {
        let processes = try await TwoProcesses(kind)
        try await processes.first.set("k", 1, tags: [Self.composed])
        try await processes.second.invalidate(tag: Self.decomposed)
        #expect(try await processes.first.get("k", as: Int.self) == 1)
        await processes.shutdown()
    }
}
