// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Testing

@Suite("Descriptions of events")
struct EventDescriptionTests {
    /// An error with a text.
    private struct Failure: Error, CustomStringConvertible { let description: String }

    private static let failure = Failure(description: "it broke")

    /// Returns the description of an event, which comes out of a hub as in a cache.
    private static func line(_ kind: CacheEvent.Kind, key: String? = "k", cache: String = "default") async -> String {
        let hub = EventHub(cache: cache, keyPrefix: "") { _ in }
        let events = hub.events(limit: 8)
        hub.emit(kind, key: key)
        hub.finish()
        for await event in events { return "\(event)" }
        return ""
    }

    @Test(
        arguments: [
            (.hit, #"hit "k""#), (.staleHit, #"staleHit "k""#), (.miss, #"miss "k""#), (.joined, #"joined "k""#),
            (.loaded(time: .milliseconds(12), joiners: 0), #"loaded "k" in 12 ms"#),
            (.loaded(time: .microseconds(1500), joiners: 3), #"loaded "k" in 1.5 ms, joined by 3"#),
            (.loadFailed(failure, time: .seconds(2)), #"loadFailed "k" after 2 s: it broke"#),
            (.loadCancelled, #"loadCancelled "k""#), (.discarded, #"discarded "k""#), (.skipped, #"skipped "k""#),
            (.stored(ttl: .seconds(60)), #"stored "k" for 60 s"#),
            (.stored(ttl: .milliseconds(250)), #"stored "k" for 250 ms"#),
            (.stored(ttl: nil), #"stored "k" without end"#),
            (.stored(ttl: .seconds(Int64.max)), #"stored "k" for 9223372036.855 s"#),
            (.evicted(.size), #"evicted "k", the cache is full"#),
            (.evicted(.expired), #"evicted "k", it has expired"#),
            (.invalidated(.key), #"invalidated "k""#),
            (.bypassed(.shutDown), #"bypassed "k": This cache manager was shut down."#),
            (.unreadable(failure), #"unreadable "k": it broke"#),
            (.notEncodable(failure), #"notEncodable "k": it broke"#),
            (.backendFailed(operation: "get", failure), #"backendFailed get "k": it broke"#),
        ] as [(CacheEvent.Kind, String)]
    )
    func anEventOfAKeyIsOneReadableLine(kind: CacheEvent.Kind, text: String) async {
        #expect(await Self.line(kind) == "default: \(text)")
    }

    @Test(
        arguments: [
            (.invalidated(.pattern("users:*")), #"invalidated keys like "users:*""#),
            (.invalidated(.tag("team:7")), #"invalidated tag "team:7""#),
            (.invalidated(.everything), "invalidated everything"),
            (.backendFailed(operation: "get", failure), "backendFailed get: it broke"),
            (.backendUnavailable(for: .seconds(1)), "backendUnavailable for 1 s"),
            (.backendRecovered, "backendRecovered"),
            (.backendConnected("valkey 8.1 at [::1]:6379"), "backendConnected to valkey 8.1 at [::1]:6379"),
            (.backendDisconnected(failure), "backendDisconnected: it broke"),
            (.dropped(1), "dropped 1 event"), (.dropped(16), "dropped 16 events"),
        ] as [(CacheEvent.Kind, String)]
    )
    func anEventWithoutAKeyIsOneReadableLine(kind: CacheEvent.Kind, text: String) async {
        #expect(await Self.line(kind, key: nil, cache: "user-sessions") == "user-sessions: \(text)")
    }

    private static let hostile = [
        "a\nb", "a\r\nb", "a\u{85}b", "a\u{2028}b", "a\u{2029}b", "\u{1B}[31m", "a\u{202E}b", "\0",
    ]

    @Test(arguments: hostile)
    func `nothing in a key, a tag, a name or an error begins a new line or controls a terminal`(text: String) async {
        let failure = Failure(description: text)
        let kinds: [CacheEvent.Kind] = [
            .hit, .loadFailed(failure, time: .zero), .bypassed(.invalidTag(tag: text, reason: text)),
            .backendFailed(operation: text, failure), .backendConnected(text), .backendDisconnected(failure),
            .invalidated(.tag(text)), .invalidated(.pattern(KeyPattern(text))), .unreadable(failure),
            .notEncodable(failure),
        ]
        for kind in kinds {
            let line = await Self.line(kind, key: text, cache: text)
            for scalar in line.unicodeScalars {
                let category = scalar.properties.generalCategory
                #expect(![.control, .lineSeparator, .paragraphSeparator, .format].contains(category), "\(line)")
            }
        }
    }

    @Test func quotationMarksInAKeyAreEscaped() async {
        #expect(await Self.line(.hit, key: #"a" b\"#) == #"default: hit "a\" b\\""#)
    }

    @Test func `letters and emoji of all scripts are shown as they are`() async {
        #expect(await Self.line(.hit, key: "日本:é:👩‍👩‍👧", cache: "größe") == #"größe: hit "日本:é:👩‍👩‍👧""#)
    }

    @Test func longKeysAndErrorsAreCut() async {
        let long = String(repeating: "x", count: 100_000)
        let failure = Failure(description: long)
        let line = await Self.line(.backendFailed(operation: "get", failure), key: long, cache: long)
        #expect(line.count < 600)
        #expect(line.contains("…"))
        #expect(await Self.line(.unreadable(Failure(description: String(repeating: "x", count: 300)))).hasSuffix("x"))
    }

    @Test func anEventOfACacheHasItsPrefix() async throws {
        let setup = MemorySetup(prefix: "app")
        let events = setup.manager.events()
        try await setup.manager.set("users:1", 1, ttl: 60)
        await setup.manager.shutdown()
        var lines: [String] = []
        for await event in events { lines.append("\(event)") }
        #expect(lines.contains(#"default: stored "app:users:1" for 60 s"#), "\(lines)")
    }
}
