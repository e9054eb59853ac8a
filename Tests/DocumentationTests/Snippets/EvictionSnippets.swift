// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

@Suite("The code in Eviction.md")
struct EvictionSnippets {
    @Test func capacities() async throws {
        let users = MemoryBackend(capacity: .entries(50_000))
        let pages = MemoryBackend(capacity: .cost(1_000_000) { _, page in (page as? String)?.utf8.count ?? 1 })
        let answers = MemoryBackend(capacity: .encodedBytes(64 << 20))

        let manager = CacheManager(backend: pages)
        let page = cached(ttl: 60, key: { "pages:\($0)" }, manager: manager) { (path: String) in
            try await render(path)
        }
        print(try await page("/index.html").utf8.count)

        #expect(pages.cost == 100)
        #expect(users.cost == 0 && answers.cost == 0)
    }

    private func render(_ path: String) async throws -> String { String(repeating: "x", count: 100) }
}
