// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import FileSystemBackend
import Testing

struct DiskFull: CacheBackendError {
    let kind = BackendFailureKind.rejected
}

@Suite("The code in WritingABackend.md")
struct WritingABackendSnippets {
    @Test func refusedWritesDoNotOpenTheBreaker() async throws {
        let backend = RecordingBackend()
        let manager = CacheManager(backend: backend)
        backend.script.fail(.set, with: DiskFull())
        for _ in 1...10 {
            await #expect(throws: CacheError.self) { try await manager.set("k", 1) }
        }
        #expect(manager.health["default"]?.isAvailable == true)
        #expect(manager.statistics.backendFailures == 10)
    }

    @Test func aCacheInFiles() async throws {
        let directory = TemporaryDirectory()
        let path = ConfigurationValue.text(directory.path)
        let database = Database()

        let manager = try await CacheManager.make(
            ["default": ["driver": "file", "path": path, "ttl": "1h", "timeout": "5s"]],
            drivers: [.memory, .file]
        )
        let user = cached(key: { "users:\($0)" }, manager: manager) { (id: Int) in try await database.user(id) }
        print(try await user(42)?.name ?? "nobody")  // loads and writes default/default%3ausers%3a42.entry
        print(try await user(42)?.name ?? "nobody")  // reads the file

        #expect(database.queries == 1)
        #expect(directory.files == ["default/default%3ausers%3a42.entry"])
    }

    @Test func conformance() async throws {
        let directory = TemporaryDirectory()

        let clock = ManualClock()
        let suite = BackendConformance(elapse: { clock.advance(by: $0) }) {
            let backend = FileSystemBackend(directory: directory.path, clock: clock)
            try await backend.clear()
            return backend
        }
        try await suite.run()
    }
}
