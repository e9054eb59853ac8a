// SPDX-License-Identifier: Apache-2.0

import Caching
import Foundation
import Testing

/// The error of a driver may quote its settings in any form.
struct QuotedSecretsTests {
    private struct Refusal: Error, CustomStringConvertible { let description: String }

    private static let options = [
        DriverOption("pin", .integer(0 ... .max), isSecret: true),
        DriverOption("ratio", .number(0...1000), isSecret: true),
        DriverOption("flag", .boolean, isSecret: true), DriverOption("token", .text, isSecret: true),
    ]

    /// Returns the text of an error of a driver as it is shown.
    private func shown(_ text: String, _ settings: [String: ConfigurationValue]) async throws -> String {
        let driver = CacheDriver("quoting", options: Self.options + SettingsRecorder.serverOptions) { _ in
            throw Refusal(description: text)
        }
        let all = settings.merging(["driver": "quoting"]) { first, _ in first }
        let found = try await problems(CacheConfiguration(["default": all]), drivers: [driver])
        let message = try #require(found.first?.message)
        return String(message.dropFirst(#"the driver "quoting" could not be started: "#.count))
    }

    @Test(
        arguments: [
            ("redis://u:p%40ssw0rd@host", "WRONGPASS for u with p@ssw0rd", "WRONGPASS for u with (not shown)"),
            ("redis://u:p%40ssw0rd@host", "p%40ssw0rd!", "(not shown)!"),
            ("redis://u:first@second@host", "first@second", "(not shown)"),
            ("redis://u:first@second@host", "no host second@host", "no host (not shown)@host"),
            ("redis://u:se/cret@host", "se/cret", "(not shown)"),
            ("redis://u:se/cret@host", "bad port se", "bad port (not shown)"),
            ("redis://u:a:bcde@host", "bcde", "(not shown)"),
            ("redis://tokentoken@host/0", "tokentoken", "(not shown)"),
            ("redis://host?password=hunter2&db=1", "hunter2 is wrong", "(not shown) is wrong"),
            ("redis://host:6379", "nobody at host:6379", "nobody at host:6379"),
            ("redis://u:pw@host", "cannot reach redis://u:pw@host", "cannot reach (not shown)"),
            ("redis://u:pw@host", "cannot reach host as u", "cannot reach host as u"),
        ]
    )
    func partsOfAnAddressAreNotShown(url: String, text: String, expected: String) async throws {
        #expect(try await shown(text, ["url": .text(url)]) == expected)
    }

    @Test(
        arguments: [
            ("pin", 123_456, "pin 123456"), ("pin", "0042", "pin 42"), ("pin", "0042", "pin 0042"),
            ("ratio", 12.5, "pin 12.5"), ("ratio", 5, "pin 5.0"), ("ratio", 5.0, "pin 5"), ("flag", true, "pin true"),
            ("token", "x", "pin x"), ("token", "a b&c", "pin a%20b%26c"), ("token", "a\"b\\c", #"pin a\"b\\c"#),
            ("token", "päss", "pin p%C3%A4ss"), ("token", "päss", "pin p%c3%a4ss"), ("token", "100%", "pin 100%25"),
        ] as [(String, ConfigurationValue, String)]
    )
    func secretsOfAllKindsAreNotShown(name: String, value: ConfigurationValue, text: String) async throws {
        #expect(try await shown(text, [name: value]) == "pin (not shown)")
    }

    @Test func aShortSecretHidesNoOtherWords() async throws {
        #expect(try await shown("timeout after 15 s, code 5", ["pin": 5]) == "timeout after 15 s, code (not shown)")
    }

    @Test func theSecretOfAnotherCacheIsNotShownEither() async throws {
        let driver = CacheDriver("quoting", options: Self.options + SettingsRecorder.serverOptions) { _ in
            throw Refusal(description: "hunter2")
        }
        let found = try await problems(
            ["default": ["driver": "quoting"], "pages": ["driver": "memory", "token": "hunter2"]],
            drivers: [.memory, driver]
        )
        #expect(found.first?.message.hasSuffix("started: (not shown)") == true, "\(found)")
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 10_427_649_549_849_920_930])
    func noTellingPartOfASecretIsEverShown(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("abcXYZ019@/:?#%&=+ é\"\\")
        for _ in 0..<150 {
            let length = Int.random(in: 4...14, using: &random)
            let password = "s" + String((0..<length).map { _ in alphabet.randomElement(using: &random)! }) + "t"
            let encoded = password.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let half = String(password.dropFirst(password.count / 2))
            let forms = [password, encoded, String(password.debugDescription.dropFirst().dropLast())]
            let urls = ["redis://user:\(encoded)@host/1", "redis://user:\(password)@host", "user:\(password)@host"]
            for settings in urls.map({ ["url": ConfigurationValue.text($0)] }) + [["token": .text(password)]] {
                for form in forms {
                    let text = try await shown("<\(form)> and <\(half)>", settings)
                    let hidden = [password, encoded] + (half.utf8.count < 6 ? [] : [half])
                    for secret in hidden { #expect(!text.contains(secret), "seed \(seed): \(text)") }
                }
            }
        }
    }
}
