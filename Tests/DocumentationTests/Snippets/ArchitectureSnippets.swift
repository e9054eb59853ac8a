// SPDX-License-Identifier: Apache-2.0

import Caching
import Synchronization
import Testing

@Suite("The code in Architecture.md")
struct ArchitectureSnippets {
    @Test func aThousandCallersAndOneLoad() async throws {
        let database = Database()
        let user = cached(ttl: 600, key: { "users:\($0)" }, manager: CacheManager()) { (id: Int) in
            try await database.user(id)
        }
        try await withThrowingTaskGroup(of: User?.self) { group in
            for _ in 1...1000 { group.addTask { try await user(42) } }
            try await group.waitForAll()
        }
        print(database.queries)  // 1

        #expect(database.queries == 1)
    }

    @Test func aLoadThatAsksForItselfIsDiagnosed() async throws {
        let manager = CacheManager()
        let box = Mutex<CachedFunction<Int, Int>?>(nil)
        let loop = cached(ttl: 60, key: { "n:\($0)" }, manager: manager) { (n: Int) in
            guard let again = box.withLock(\.self) else { return n }
            return try await again((n + 1) % 2)
        }
        box.withLock { $0 = loop }
        let error = await #expect(throws: CacheError.self) { try await loop(0) }
        let text = try Repository.text("Documentation/Architecture.md")
        let message = error.map { "\($0)" } ?? "no error"
        #expect(text.contains(message), "\(message)")
    }
}
