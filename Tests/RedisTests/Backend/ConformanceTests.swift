// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import CachingTesting
import RedisTestSupport
import Testing

/// The conformance checks of backends, on real servers and in real time: they run concurrently, and wait together.
@Suite("Conformance of the Redis backend")
struct ConformanceTests {
    private func run(_ check: BackendConformance.Check, _ kind: RedisServer.Kind, _ format: RedisFormat) async throws {
        let suite = BackendConformance(elapse: { try await Task.sleep(for: $0) }) {
            try await TestBackend.make(kind, format: format)
        }
        // Without a free thread, entries expire before a check reads them, so a failed check is repeated.
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            do { return try await suite.run(check) } catch { try await Task.sleep(for: .seconds(2)) }
        }
        try await suite.run(check)
    }

    @Test(arguments: RedisServer.availableKinds, BackendConformance.checks)
    func `envelopes pass the check`(kind: RedisServer.Kind, check: BackendConformance.Check) async throws {
        try await run(check, kind, .envelope)
    }

    /// The checks that plain JSON cannot pass, which has no tags, no stale window and no creation time.
    private static let brokenByJSON: Set<String> = [
        "an entry keeps its tags and the stamp of its load",
        "a tag removes what carries it, where the backend knows tags",
        "what has expired is not counted by delete, pattern or tag",
        "an entry keeps how long it is fresh, and its stale window after that",
        "an entry with extreme times is refused, or is what it was",
    ]

    @Test(arguments: RedisServer.availableKinds, BackendConformance.checks)
    func `plain JSON passes the check unless it needs metadata`(kind: RedisServer.Kind, check: BackendConformance.Check)
        async throws
    {
        guard Self.brokenByJSON.contains(check.name) else { return try await run(check, kind, .json) }
        let suite = BackendConformance(elapse: { try await Task.sleep(for: $0) }) {
            try await TestBackend.make(kind, format: .json)
        }
        await #expect(throws: (any Error).self) { try await suite.run(check) }
    }
}
