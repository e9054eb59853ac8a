// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Values of the codec .memoryOnly")
struct MemoryOnlyTests {
    /// A type that is not `Codable`.
    private struct Page: Sendable, Equatable { let number: Int }

    private static func pages(_ manager: CacheManager, _ loads: CallCounter) -> CachedFunction<Int, Page> {
        cached(ttl: 60, key: { "pages:\($0)" }, manager: manager, codec: .memoryOnly) { (number: Int) in
            loads.increment()
            return Page(number: number)
        }
    }

    @Test func `memory stores them`() async throws {
        let loads = CallCounter()
        let page = Self.pages(CacheManager(backend: MemoryBackend(clock: ManualClock()), clock: ManualClock()), loads)
        for _ in 0..<2 { #expect(try await page(1) == Page(number: 1)) }
        #expect(loads.count == 1)
    }

    enum Place: CaseIterable {
        case bytes, memoryBoundedInBytes

        func manager() -> CacheManager {
            let clock = ManualClock()
            return switch self {
            case .bytes: CacheManager(backend: RecordingBackend(storage: .bytes, clock: clock), clock: clock)
            case .memoryBoundedInBytes:
                CacheManager(backend: MemoryBackend(capacity: .encodedBytes(1 << 20), clock: clock), clock: clock)
            }
        }
    }

    @Test(arguments: Place.allCases)
    func `where they have to be encoded they are returned and not stored, and an event says so`(
        _ place: Place
    ) async throws {
        let manager = place.manager()
        let events = manager.events(where: \.isFailure)
        let loads = CallCounter()
        let page = Self.pages(manager, loads)
        for _ in 0..<2 { #expect(try await page(1) == Page(number: 1)) }
        #expect(loads.count == 2)
        let event = await events.first { _ in true }
        guard case .notEncodable(let error)? = event?.kind else { throw SourceFailure() }
        #expect("\(error)".contains(".memoryOnly"))
        let refused = await #expect(throws: CacheError.self) { try await page.prime(Page(number: 2), for: 2) }
        guard case .valueNotEncodable(let key, _)? = refused else { throw SourceFailure() }
        #expect(key == "pages:2")
    }
}
