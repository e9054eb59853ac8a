// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

@Suite("TTL")
struct TTLTests {
    @Test func `variables of every type of a duration make a lifetime`() {
        let (whole, fraction, duration) = (90, 90.5, Duration.milliseconds(90_500))
        #expect(TTL(whole) == .seconds(90))
        #expect(TTL(fraction) == .milliseconds(90_500))
        #expect(TTL(duration) == .duration(duration))
    }

    @Test func literalsAreSeconds() {
        let (whole, fraction): (TTL, TTL) = (90, 0.25)
        #expect(whole == TTL(Duration.seconds(90)))
        #expect(fraction == TTL(Duration.milliseconds(250)))
        #expect(TTL(90) == whole)
        #expect(TTL(0.25) == fraction)
    }

    @Test func unitsTakeWholeNumbersAndFractions() {
        #expect(TTL.minutes(2) == 120)
        #expect(TTL.minutes(1.5) == 90)
        #expect(TTL.hours(2) == 7200)
        #expect(TTL.hours(0.5) == 1800)
        #expect(TTL.days(2) == 172_800)
        #expect(TTL.days(0.5) == 43_200)
        #expect(TTL.weeks(2) == 1_209_600)
        #expect(TTL.weeks(0.5) == 302_400)
        let (whole, fraction) = (3, 0.5)
        #expect(TTL.minutes(whole) == 180)
        #expect(TTL.minutes(fraction) == 30)
    }

    @Test(arguments: [
        TTL(.infinity), .minutes(.infinity), .weeks(1e300), .weeks(.max), .hours(.max), TTL(9.3e9), .weeks(20_000.0),
    ])
    func `what exceeds the clock is forever`(ttl: TTL) {
        #expect(ttl == .forever)
    }

    @Test(arguments: [TTL(.nan), .minutes(.nan), TTL(0), TTL(0.0), TTL(Duration.zero)])
    func `what is no number is zero`(ttl: TTL) {
        #expect(ttl == .duration(.zero))
    }

    @Test(arguments: [TTL(-1), TTL(-.infinity), .weeks(.min), .weeks(-1e300)])
    func `what is less than zero stays less than zero`(ttl: TTL) throws {
        #expect(try #require(ttl.lifetime) < .zero)
    }
}
