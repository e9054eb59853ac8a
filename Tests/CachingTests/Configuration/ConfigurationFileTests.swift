// SPDX-License-Identifier: Apache-2.0

import Caching
import Foundation
import Testing

@Suite("Configurations from files")
struct ConfigurationFileTests {
    private func decoded(_ json: String) throws -> CacheConfiguration {
        try JSONDecoder().decode(CacheConfiguration.self, from: Data(json.utf8))
    }

    @Test func aFileOfJSONIsAConfiguration() async throws {
        let json = #"""
            {
                "default": {"driver": "recorder", "ttl": "5m", "shards": 4, "ratio": 0.5, "sync": true, "prefix": "app"},
                "sessions": {"ttl": 60},
                "pages": {}
            }
            """#
        let recorder = SettingsRecorder()
        try await recorder.record(decoded(json))
        #expect(recorder.names == ["default", "pages", "sessions"])
        #expect(recorder["default"]?.duration("ttl") == .seconds(300))
        #expect(recorder["default"]?.integer("shards") == 4)
        #expect(recorder["default"]?.number("ratio") == 0.5)
        #expect(recorder["default"]?.boolean("sync") == true)
        #expect(recorder["sessions"]?.duration("ttl") == .seconds(60))
    }

    @Test func theEnvironmentGoesBeforeAFile() async throws {
        let file = try decoded(#"{"default": {"driver": "recorder", "shards": 4, "path": "file"}}"#)
        let recorder = SettingsRecorder()
        try await recorder.record(.environment(["CACHE_SHARDS": "8"], over: file))
        #expect(recorder["default"]?.integer("shards") == 8)
        #expect(recorder["default"]?.text("path") == "file")
    }

    @Test func allProblemsOfAFileAreReportedAtOnceWithTheirPlace() async throws {
        let file = try decoded(#"{"default": {"ttl": "5x", "tll": 1}, "pages": {"driver": "disk"}}"#)
        let found = try await problems(file)
        let sources = [
            #"decoded["default"]["tll"]"#, #"decoded["default"]["ttl"]"#, #"decoded["pages"]["driver"]"#,
        ]
        #expect(found.map(\.source).sorted() == sources)
    }

    @Test(arguments: [
        (#"{"default": {"ttl": null}}"#, ["default", "ttl"]), (#"{"default": {"ttl": [1]}}"#, ["default", "ttl"]),
        (#"{"default": {"ttl": {"hunter2": "hunter2"}}}"#, ["default", "ttl"]),
        (#"{"default": "hunter2"}"#, ["default"]), (#"{"default": null}"#, ["default"]), (#"["hunter2"]"#, []),
    ])
    func `what is no setting is an error with its coding path and without its value`(
        json: String,
        path: [String]
    ) throws {
        let error = try #require(throws: DecodingError.self) { try decoded(json) }
        let context: DecodingError.Context? =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
                .dataCorrupted(let context):
                context
            @unknown default: nil
            }
        #expect(context?.codingPath.map(\.stringValue) == path, "\(error)")
        #expect(!"\(error)".contains("hunter2"))
    }

    @Test func aDecodedConfigurationShowsItsCachesAndNoValue() throws {
        let configuration = try decoded(#"{"default": {"password": "hunter2"}, "a": {}}"#)
        #expect("\(configuration)" == "CacheConfiguration(decoded: a, default)")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!dumped.contains("hunter2"))
    }

    @Test func `a configuration cannot be encoded by accident because it has secrets`() {
        let type: Any.Type = CacheConfiguration.self
        #expect(!(type is any Encodable.Type))
    }

    @Test(arguments: ["text", "5", true, false, 0, 1, -5, 0.5, .integer(.max), .number(1e300)] as [ConfigurationValue])
    func valuesAreWhatTheyWereAfterEncodingAndDecoding(value: ConfigurationValue) throws {
        let data = try JSONEncoder().encode([value])
        #expect(try JSONDecoder().decode([ConfigurationValue].self, from: data) == [value])
        let list = try PropertyListEncoder().encode([value])
        #expect(try PropertyListDecoder().decode([ConfigurationValue].self, from: list) == [value])
    }
}
