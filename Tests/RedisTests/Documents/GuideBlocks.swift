// SPDX-License-Identifier: Apache-2.0

import Foundation
import RedisTestSupport
import Testing

/// The code blocks of Documentation/Redis.md.
enum GuideBlocks {
    /// Returns the first block in a language that contains a text.
    static func block(_ language: String, with part: String) throws -> String {
        let guide = try String(contentsOfFile: "\(PythonPackages.root)/Documentation/Redis.md", encoding: .utf8)
        let blocks = guide.components(separatedBy: "```\(language)\n").dropFirst()
            .map { $0.components(separatedBy: "\n```")[0] }
        return try #require(blocks.first { $0.contains(part) }, "no \(language) block with \(part)")
    }

    /// Returns the words of the ACL rule after the user name, with the permissions that only newer servers know.
    static func rule(prefix: String, for kind: RedisServer.Kind) throws -> [String] {
        let words = try block("text", with: "resetchannels").split { $0.isWhitespace }.map(String.init)
        try #require(words.starts(with: ["user", "shop", "on", ">a-long-password"]))
        let rule = words.dropFirst(2).map { $0 == "~shop:*" ? "~\(prefix):*" : $0 }
        return kind == .valkey ? rule + ["+client|setinfo"] : rule
    }
}
