// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("RecordingBackend and code of users")
struct RecordingBackendLockTests {
    /// A value whose end uses the backend that stored it.
    private final class Talkative: Sendable {
        let backend: RecordingBackend

        init(_ backend: RecordingBackend) { self.backend = backend }

        deinit { _ = backend.operations.count }
    }

    @Test func `a codec and a deinit may use the backend`() async throws {
        let backend = RecordingBackend(storage: .bytes)
        let codec = CacheCodec<Int>(
            encode: { value in
                _ = backend.keys
                return [UInt8(value)]
            },
            decode: { Int($0[0]) }
        )
        let bytes = Cache<Int>(
            namespace: "n",
            manager: CacheManager(backend: backend, clock: ManualClock()),
            codec: codec
        )
        try await bytes.set("1", 7)
        #expect(try await bytes.get("1") == 7)

        let values = RecordingBackend()
        let manager = CacheManager(backend: values, clock: ManualClock())
        let talkative = Cache<Talkative>(namespace: "t", manager: manager, codec: .memoryOnly)
        try await talkative.set("1", Talkative(values))
        try await talkative.set("1", Talkative(values))
        try await talkative.delete("1")
        try await talkative.set("2", Talkative(values))
        values.resetStorage()
        #expect(values.keys.isEmpty)
    }

    @Test func `operations whose keys differ only in their bytes are different`() {
        #expect(RecordedOperation.get("caf\u{e9}", .miss) != .get("cafe\u{301}", .miss))
        #expect(RecordedOperation.get("café", .miss) == .get("café", .miss))
    }
}
