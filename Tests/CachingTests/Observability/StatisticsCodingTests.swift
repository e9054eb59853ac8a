// SPDX-License-Identifier: Apache-2.0

import Caching
import Foundation
import Testing

@Suite("Statistics in files")
struct StatisticsCodingTests {
    /// Statistics in which each count is another number.
    private static let all: CacheStatistics = {
        var statistics = CacheStatistics()
        statistics.hits = 1
        statistics.staleHits = 2
        statistics.misses = 3
        statistics.joined = 4
        statistics.loads = 5
        statistics.loadFailures = 6
        statistics.cancelledLoads = 7
        statistics.totalLoadTime = .milliseconds(8)
        statistics.discarded = 9
        statistics.skipped = 10
        statistics.bypasses = 11
        statistics.evictionsBySize = 12
        statistics.evictionsByExpiry = 13
        statistics.invalidations = 14
        statistics.backendFailures = 15
        statistics.backendOutages = 16
        statistics.skippedOperations = 17
        return statistics
    }()

    @Test func statisticsAreWhatTheyWereAfterEncodingAndDecoding() throws {
        let data = try JSONEncoder().encode(Self.all)
        #expect(try JSONDecoder().decode(CacheStatistics.self, from: data) == Self.all)
        let fields = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(fields.count == Mirror(reflecting: Self.all).children.count)
    }

    @Test func `counts that an older version did not have are zero`() throws {
        let older = #"{"hits": 7, "misses": 3, "totalLoadTime": [0, 5]}"#
        let decoded = try JSONDecoder().decode(CacheStatistics.self, from: Data(older.utf8))
        var expected = CacheStatistics()
        expected.hits = 7
        expected.misses = 3
        expected.totalLoadTime = .zero + Duration(secondsComponent: 0, attosecondsComponent: 5)
        #expect(decoded == expected)
        #expect(try JSONDecoder().decode(CacheStatistics.self, from: Data("{}".utf8)) == CacheStatistics())
    }

    @Test func `counts of a newer version are ignored`() throws {
        let newer = #"{"hits": 7, "hitsOfTomorrow": 8}"#
        #expect(try JSONDecoder().decode(CacheStatistics.self, from: Data(newer.utf8)).hits == 7)
    }

    @Test func aCountThatIsNoNumberIsAnError() {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(CacheStatistics.self, from: Data(#"{"hits": "many"}"#.utf8))
        }
    }
}
