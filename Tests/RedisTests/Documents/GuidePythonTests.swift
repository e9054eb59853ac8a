// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import Foundation
import RedisTestSupport
import Testing

@Suite(
    "Python code of the Redis guide",
    .enabled(if: PythonPackages.isAvailable && RedisServer.isAvailable(.redis)),
    .timeLimit(.minutes(2))
)
struct GuidePythonTests {
    struct User: Codable, Sendable, Hashable {
        var id: Int
        var name: String
    }

    private struct Read: Decodable {
        let key: String
        let codec: Int
        let created: Int64
        let fresh: Int64
        let expires: Int64
        let stamps: [String: UInt64]
        let value: User
        let now: Double
    }

    @Test(arguments: ["envelope", "cbor"])
    func `the reader of the guide reads an entry`(format: String) async throws {
        let server = try await RedisServer.shared(.redis)
        let db = RedisServer.nextDatabase()
        let settings = DriverFixture.settings(
            server,
            db: db,
            ["prefix": "shop", "version": "v2", "format": .text(format)]
        )
        let key = "shop:v2:default:users:42"
        let stamps = try await DriverFixture.withManager(CacheConfiguration(["default": settings])) { manager in
            try await manager.set("users:42", User(id: 42, name: "Grace"), ttl: 60, tags: ["users", "people"])
            var stamps: [String: UInt64] = [:]
            for (name, part) in [
                ("", "version"), ("shop:v2:default:users", "tag:users"), ("shop:v2:default:people", "tag:people"),
            ] {
                let reply = try await server.reply(to: ["GET", "shop:v2:default:\u{1F}" + part], database: db)
                stamps[name] = UInt64(reply.description)
            }
            return stamps
        }
        let script =
            "import sys, json, time, struct, zlib, redis, cbor2\n" + (try GuideBlocks.block("python", with: "def read"))
                + """

                entry = redis.Redis(port=int(sys.argv[1]), db=int(sys.argv[2])).get(sys.argv[3])
                found = read(entry)
                found["value"] = json.loads(found["value"]) if found["codec"] == 1 else cbor2.loads(found["value"])
                print(json.dumps(found | {"now": time.time() * 1e6}))
                print(len(entry))
                """
        let lines = try await PythonPackages.run(script, ["\(server.port)", "\(db)", key])
        let read = try JSONDecoder().decode(Read.self, from: Data(try #require(lines.first).utf8))
        #expect(read.key == key)
        #expect(read.codec == (format == "cbor" ? 2 : 1))
        #expect(read.value == User(id: 42, name: "Grace"))
        #expect(read.stamps == stamps)
        #expect(read.stamps.count == 3)
        #expect(abs(Double(read.created) - read.now) < 60e6)
        #expect(read.fresh == read.expires)
        #expect(abs(Double(read.fresh) - read.now - 60e6) < 60e6)
        // The sizes of the key, the value and the tags, and the overhead that the guide states.
        let value = format == "cbor" ? 17 : #"{"id":42,"name":"Grace"}"#.utf8.count
        let names = ["shop:v2:default:users", "shop:v2:default:people"].map { 12 + $0.utf8.count }.reduce(0, +)
        #expect(lines.last == "\(key.utf8.count + value + 67 + names)")
    }

    @Test func `plain JSON is exchanged in both directions`() async throws {
        let server = try await RedisServer.shared(.redis)
        let db = RedisServer.nextDatabase()
        let settings = DriverFixture.settings(server, db: db, ["prefix": "shop", "format": "json"])
        let block = try GuideBlocks.block("python", with: "client.set(")
            .replacingOccurrences(of: "redis.Redis()", with: "redis.Redis(port=\(server.port), db=\(db))")
        // Runs each line as at a prompt, and prints the values of expressions.
        let script = """
            import sys, json, redis
            for line in sys.stdin.read().splitlines():
                try:
                    print(eval(line))
                except SyntaxError:
                    exec(line)
            """
        try await DriverFixture.withManager(CacheConfiguration(["default": settings])) { manager in
            try await manager.set("users:42", User(id: 42, name: "Grace"))
            let lines = try await PythonPackages.run(script, input: Array(block.utf8))
            let shown = try #require(lines.first)
            #expect(block.contains("# \(shown)\n"), "\(shown)")
            #expect(try await manager.get("users:7", as: User.self) == User(id: 7, name: "Ada"))
            let remaining = try #require(try await manager.ttl(of: "users:7")?.lifetime)
            #expect(remaining > .seconds(30) && remaining <= .seconds(60))
        }
    }
}
