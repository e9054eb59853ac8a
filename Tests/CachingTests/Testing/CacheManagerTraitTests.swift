// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Synchronization
import Testing

struct CacheManagerTraitTests {
    @Test(.timeLimit(.minutes(1)), arguments: [false, true])
    func `the manager is shut down when the test succeeds or throws`(throwing: Bool) async throws {
        let test = try #require(Test.current)
        let testCase = try #require(Test.Case.current)
        let found = Mutex<CacheEvents?>(nil)
        let trait = CacheManagerTrait.cacheManager
        do {
            try await trait.provideScope(for: test, testCase: testCase) {
                let events = try cache.events()
                found.withLock { $0 = events }
                if throwing { throw SourceFailure() }
            }
            #expect(!throwing)
        } catch is SourceFailure {
            #expect(throwing)
        }
        let events = found.withLock { $0 }
        #expect(events != nil)
        // A shutdown ends the events of a manager.
        #expect(await events?.first { _ in true } == nil)
    }
}
