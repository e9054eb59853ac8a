// SPDX-License-Identifier: Apache-2.0

/// A mistake in a URL; the description contains no part of the user and the password.
package struct RedisURLError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// Parsing of URLs: `redis://user:password@host:port/database`, `rediss://` with encryption, and
/// `redis+unix:///path?db=1`.
extension RedisSettings {
    private static let schemes: [(name: String, isEncrypted: Bool, isPath: Bool)] = [
        ("redis", false, false), ("rediss", true, false), ("valkey", false, false), ("valkeys", true, false),
        ("redis+unix", false, true), ("unix", false, true),
    ]

    /// Creates settings from a URL.
    ///
    /// - Parameter url: The URL; reserved characters in the user, the password and the path are percent-encoded.
    /// - Throws: ``RedisURLError``.
    package init(url: String) throws(RedisURLError) {
        self.init()
        let parts = url.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw RedisURLError(
                "an address must begin with its scheme, as in redis://host:6379; accepted: \(Self.accepted)"
            )
        }
        let name = parts[0].lowercased()
        guard let scheme = Self.schemes.first(where: { $0.name == name }) else {
            throw RedisURLError("the scheme of the address is not accepted; accepted: \(Self.accepted)")
        }
        if scheme.isEncrypted { tls = TLSSettings() }
        var rest = parts[1]
        if rest.contains("#") {
            throw RedisURLError("an address cannot have a fragment; write # in a user or a password as %23")
        }
        if let question = rest.firstIndex(of: "?") {
            try read(query: rest[rest.index(after: question)...])
            rest = rest[..<question]
        }
        let slash = rest.firstIndex(of: "/")
        var authority = rest[..<(slash ?? rest.endIndex)]
        let path = slash.map { rest[$0...] } ?? ""
        if let at = authority.lastIndex(of: "@") {
            try read(user: authority[..<at])
            authority = authority[authority.index(after: at)...]
        }
        if scheme.isPath {
            guard authority.isEmpty, path.count > 1 else {
                throw RedisURLError(
                    "the address of a socket must have a path after three slashes: redis+unix:///run/redis.sock"
                )
            }
            endpoint = .path(try Self.decode(path, "path"))
        } else {
            try read(host: authority)
            try read(database: path.dropFirst(), "the path of the address")
        }
    }

    private static var accepted: String { schemes.map { "\($0.name)://" }.joined(separator: ", ") }

    private mutating func read(user text: Substring) throws(RedisURLError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let user = try Self.decode(parts[0], "user")
        username = user.isEmpty ? nil : user
        password = parts.count > 1 ? try Self.decode(parts[1], "password") : nil
    }

    private mutating func read(host text: Substring) throws(RedisURLError) {
        var host = text
        var port: Substring?
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { throw RedisURLError("a [ in the address has no ]") }
            host = text[text.index(after: text.startIndex)..<end]
            let after = text[text.index(after: end)...]
            guard after.isEmpty || after.first == ":" else {
                throw RedisURLError("a ] in the address is followed by something other than a port")
            }
            port = after.isEmpty ? nil : after.dropFirst()
        } else {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            if let first = parts.first { host = first }
            port = parts.count > 1 ? parts[1] : nil
        }
        if port?.contains(":") == true {
            throw RedisURLError(
                "there are two colons after the host; write an IPv6 address in brackets, as in redis://[::1]:6379"
            )
        }
        let number = port.map { $0.isEmpty ? 6379 : Self.number($0) ?? 0 } ?? 6379
        guard (1...65_535).contains(number) else {
            throw RedisURLError("the port of the address is not a number from 1 to 65535")
        }
        let name = try Self.decode(host, "host")
        endpoint = .host(name.isEmpty ? "127.0.0.1" : name, port: number)
    }

    private mutating func read(database text: some StringProtocol, _ place: String) throws(RedisURLError) {
        guard !text.isEmpty else { return }
        guard let number = Self.number(text), (0...65_535).contains(number) else {
            throw RedisURLError("\(place) must be the number of a database, 0 to 65535")
        }
        database = number
    }

    /// Returns the value of a text of digits: `Int` would also accept a sign.
    private static func number(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }

    private mutating func read(query: Substring) throws(RedisURLError) {
        for item in query.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = try Self.decode(parts.count > 1 ? parts[1] : "", "query")
            guard parts[0] == "db" else {
                throw RedisURLError(
                    "the address has an unknown option; accepted: db; other options are settings of the cache"
                )
            }
            try read(database: value, "the option db of the address")
        }
    }

    private static func decode(_ text: Substring, _ part: String) throws(RedisURLError) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard rest.count >= 2, digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }),
                let value = UInt8(digits, radix: 16)
            else {
                throw RedisURLError(
                    "the \(part) of the address has a % without two hexadecimal digits after it; write it as %25"
                )
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw RedisURLError("the \(part) of the address is not valid UTF-8")
        }
        return text
    }
}
