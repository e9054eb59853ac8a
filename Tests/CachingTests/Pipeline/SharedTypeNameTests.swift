// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Types that share a name")
struct SharedTypeNameTests {
    private struct Account: Codable, Sendable { let id: Int }
    private struct AccountView: Codable, Sendable { let id: Int }

    @Test(arguments: [true, false])
    func `types with one name read the same entries in memory and in bytes`(inMemory: Bool) async throws {
        let backend: any CacheBackend = inMemory ? MemoryBackend() : RecordingBackend(storage: .bytes)
        let manager = CacheManager(backend: backend, timeout: .seconds(30))
        let accounts = Cache<Account>(namespace: "accounts", manager: manager, codec: .json(type: "account"))
        let views = Cache<AccountView>(namespace: "accounts", manager: manager, codec: .json(type: "account"))
        let others = Cache<AccountView>(namespace: "accounts", manager: manager)
        try await accounts.set("7", Account(id: 7))
        #expect(try await views.get("7")?.id == 7)
        #expect(try await others.get("7") == nil)
        #expect(try await accounts.get("7")?.id == 7)
    }
}
