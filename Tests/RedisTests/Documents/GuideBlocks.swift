// SPDX-License-Identifier: Apache-2.0

import Foundation
import RedisTestSupport
import Testing

/// Blocks of code in Documentation/Redis.md.
enum GuideBlocks {
    /// Returns the block in a language that has a text in it.
    static func block(_ language: String, with part: String) throws -> String {
        let guide = try String(contentsOfFile: "\(PythonPackages.root)/Documentation/Redis.md", encoding: .utf8)
        let blocks = guide.components(separatedBy: "```\(language)\n").dropFirst()
            .map { $0.components(separatedBy: "\n```")[0] }
        return try #require(blocks.first { $0.contains(part) }, "no \(language) block with \(part)")
    }

    /// The words of the rule for a user, without `user` and the name, and with what newer servers know besides.
    static func rule(prefix: String, for kind: RedisServer.Kind) throws -> [String] {
        let words = try block("text", with: "resetchannels").split { $0.isWhitespace }.map(String.init)
        try #require(words.starts(with: ["user", "shop", "on", ">a-long-password"]))
        let rule = words.dropFirst(2).map { $0 == "~shop:*" ? "~\(prefix):*" : $0 }
        return kind == .valkey ? rule + ["+client|setinfo"] : rule
    }
}
