// SPDX-License-Identifier: Apache-2.0

import RedisClient
import Testing

/// Parsing of URLs.
@Suite("Redis URLs")
struct RedisURLTests {
    @Test(arguments: [
        ("redis://example.org", "example.org:6379"), ("redis://example.org/", "example.org:6379"),
        ("REDIS://example.org:1", "example.org:1"), ("valkey://example.org:65535/0", "example.org:65535"),
        ("redis://", "127.0.0.1:6379"), ("redis://:7000", "127.0.0.1:7000"), ("redis://host:", "host:6379"),
        ("redis://[::1]", "[::1]:6379"), ("redis://[fe80::1%25eth0]:7000/2", "[fe80::1%eth0]:7000"),
        ("redis://user:pass@[::1]:7000", "[::1]:7000"), ("redis+unix:///run/redis.sock", "/run/redis.sock"),
        ("unix:///a%20b.sock?db=3", "/a b.sock"), ("redis+unix://:pw@/run/redis.sock", "/run/redis.sock"),
    ])
    func `a URL contains the server`(url: String, endpoint: String) throws {
        #expect(try RedisSettings(url: url).endpoint.description == endpoint)
    }

    @Test(
        arguments: [
            ("redis://h", nil, nil), ("redis://:pw@h", nil, "pw"), ("redis://ada:pw@h", "ada", "pw"),
            ("redis://ada@h", "ada", nil), ("redis://ada:@h", "ada", ""),
            ("redis://a%3Ab:c%40d%2Fe%25@h", "a:b", "c@d/e%"),
            ("redis://ada:a:b@h", "ada", "a:b"), ("redis://ada:p@ss@h", "ada", "p@ss"),
            ("redis://:gr%C3%B6%C3%9Fe@h", nil, "größe"),
            ("redis+unix://ada:pw@/s", "ada", "pw"), ("redis://ada:a+b@h", "ada", "a+b"),
        ] as [(String, String?, String?)]
    )
    func `a URL contains the user and the password`(url: String, username: String?, password: String?) throws {
        let settings = try RedisSettings(url: url)
        #expect(settings.username == username && settings.password == password)
    }

    @Test(arguments: [
        ("redis://h", 0), ("redis://h/", 0), ("redis://h/15", 15), ("redis://h?db=3", 3), ("redis://h/?db=4", 4),
        ("unix:///s?db=7", 7),
    ])
    func `a URL contains the database`(url: String, database: Int) throws {
        #expect(try RedisSettings(url: url).database == database)
    }

    @Test func `the scheme determines encryption`() throws {
        for url in ["rediss://h", "valkeys://h"] { #expect(try RedisSettings(url: url).tls != nil) }
        for url in ["redis://h", "valkey://h", "unix:///s"] { #expect(try RedisSettings(url: url).tls == nil) }
    }

    /// Each URL contains the user `Tolstoi` and the password `Anna1877`.
    @Test(arguments: [
        "", "Tolstoi:Anna1877@h", "http://Tolstoi:Anna1877@h", "Tolstoi://Anna1877@h", "redis:/Tolstoi:Anna1877@h",
        "redis://Tolstoi:Anna1877@h:0", "redis://Tolstoi:Anna1877@h:65536", "redis://Tolstoi:Anna1877@h:port",
        "redis://Tolstoi:Anna1877@h:-1", "redis://Tolstoi:Anna1877@::1", "redis://Tolstoi:Anna1877@[::1",
        "redis://Tolstoi:Anna1877@[::1]x", "redis://Tolstoi:Anna1877@h/x", "redis://Tolstoi:Anna1877@h/-1",
        "redis://Tolstoi:Anna1877@h/65536", "redis://Tolstoi:Anna1877@h/1/2", "redis://Tolstoi:Anna1877@h?x=1",
        "redis://Tolstoi:Anna1877@h?db=x", "redis://Tolstoi:Anna1877@h?password=Anna1877",
        "redis://Tolstoi:Anna1877%@h", "redis://Tolstoi:Anna1877%zz@h", "redis://Tolstoi:Anna1877%ff@h",
        "redis://Tolstoi:Anna1877%00@h", "redis://Tolstoi%f:Anna1877@h", "redis://Tolstoi:Anna#1877@h",
        "redis://Tolstoi:Anna1877/@h", "redis://Tolstoi:1?Anna1877@h", "redis://Tolstoi:1/Anna1877@h",
        "unix://Tolstoi:Anna1877@h/s", "unix://Tolstoi:Anna1877@", "redis+unix:Tolstoi", "redis://h:+6379",
        "redis://h/+1",
    ])
    func `errors do not contain the user and the password`(url: String) {
        let error = #expect(throws: RedisURLError.self) { try RedisSettings(url: url) }
        let text = "\(error, default: "")".lowercased()
        for secret in ["tolstoi", "anna", "1877"] { #expect(!text.contains(secret), "\(text)") }
    }

    @Test func `descriptions of settings contain no secrets`() throws {
        let settings = try RedisSettings(url: "redis://Tolstoi:Anna1877@h/3")
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), dumped] {
            #expect(!text.contains("Tolstoi") && !text.contains("Anna"), "\(text)")
        }
    }
}
