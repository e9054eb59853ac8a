// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport
import Testing

/// Plain JSON and envelopes that are shared with Python programs.
@Suite("Interoperability with Python", .enabled(if: PythonPackages.isAvailable))
struct RedisPyTests {
    struct User: Codable, Sendable, Hashable {
        var id: Int
        var name: String
        var tags: [String]
    }

    private let ada = User(id: 7, name: "Ada größe 日本", tags: ["a", "b"])

    @Test(arguments: RedisServer.availableKinds)
    func `plain JSON is readable in both directions`(kind: RedisServer.Kind) async throws {
        let processes = try await TwoProcesses(kind, prefix: "app:default:", format: .json)
        let manager = processes.first
        try await manager.set("user:7", ada, ttl: 600)
        try await manager.set("forever", [1, 2, 3], ttl: .forever)
        let lines = try await PythonPackages.run(
            """
            import json, redis, sys
            client = redis.Redis(port=int(sys.argv[1]), db=int(sys.argv[2]))
            user = json.loads(client.get("app:default:user:7"))
            print(user == {"id": 7, "name": "Ada größe 日本", "tags": ["a", "b"]}, 590 <= client.ttl("app:default:user:7") <= 600)
            print(json.loads(client.get("app:default:forever")), client.ttl("app:default:forever"))
            client.set("app:default:user:8", json.dumps({"name": "Größe", "id": 8, "tags": []}), ex=300)
            client.set("app:default:number", "5")
            client.set("app:default:null", "null", px=60000)
            client.set("app:default:broken", "{")
            """,
            ["\(processes.server.port)", "\(processes.database)"]
        )
        #expect(lines == ["True True", "[1, 2, 3] -1"])
        #expect(try await manager.get("user:8", as: User.self) == User(id: 8, name: "Größe", tags: []))
        let left = try await manager.ttl(of: "user:8")
        let lifetime = try #require(left?.lifetime)
        #expect(lifetime > .seconds(290) && lifetime <= .seconds(301))
        #expect(try await manager.ttl(of: "number") == TTL.forever)
        #expect(try await manager.get("number", as: Int.self) == 5)
        #expect(try await manager.has("null"))
        #expect(try await manager.get("broken", as: Int.self) == nil)
        let loads = CallCounter()
        let function = cached(key: { "user:\($0)" }, manager: manager) { (id: Int) async in
            loads.increment()
            return User(id: id, name: "loaded", tags: [])
        }
        #expect(try await function(8).name == "Größe")
        #expect(loads.count == 0)
        // A value of another type is a miss without a failure.
        #expect(try await manager.get("number", as: [String].self) == nil)
        #expect(manager.statistics.backendFailures == 0)
        await processes.shutdown()
    }

    @Test(arguments: RedisServer.availableKinds)
    func `plain JSON is shared with fastkit`(kind: RedisServer.Kind) async throws {
        let processes = try await TwoProcesses(kind, prefix: "app:default:", format: .json)
        let manager = processes.first
        try await manager.set("ours", ada, ttl: 600)
        try await manager.set("cached:1", ["value": 41], ttl: 600)
        let lines = try await PythonPackages.run(
            """
            import asyncio, json, sys
            from fastkit_core.cache import RedisBackend, cached, setup_cache
            from fastkit_core.config import ConfigManager

            port, db = int(sys.argv[1]), int(sys.argv[2])
            config = ConfigManager(modules=[], auto_load=False)
            config.set("cache.DEFAULT", {"driver": "redis", "host": "127.0.0.1", "port": port, "db": db, "ttl": 300})
            setup_cache(config)

            @cached(ttl=60, key=lambda id: f"app:default:cached:{id}")
            async def function(id):
                return {"value": id * 100}

            async def main():
                from fastkit_core.cache import cache
                print(json.loads(await cache.get("app:default:ours"))["name"].encode().hex())
                await cache.set("app:default:theirs", json.dumps({"id": 9, "name": "Größe", "tags": ["x"]}), ttl=120)
                print(await function(1), await function(2))

            asyncio.run(main())
            """,
            ["\(processes.server.port)", "\(processes.database)"]
        )
        #expect(lines == [RandomReplies.hex(Array(ada.name.utf8)), "{'value': 41} {'value': 200}"])
        #expect(try await manager.get("theirs", as: User.self) == User(id: 9, name: "Größe", tags: ["x"]))
        #expect(try await manager.get("cached:2", as: [String: Int].self) == ["value": 200])
        let left = try await manager.ttl(of: "cached:2")
        let lifetime = try #require(left?.lifetime)
        #expect(lifetime > .seconds(50) && lifetime <= .seconds(61))
        // A removed entry is removed from the server.
        try await manager.delete("ours")
        #expect(try await processes.command("EXISTS", "app:default:ours") == "0")
        await processes.shutdown()
    }

    /// The layout is that of Documentation/WritingABackend.md; the first tag has an empty name and the stamp of the cache.
    @Test(arguments: RedisServer.availableKinds)
    func `Python can read an envelope`(kind: RedisServer.Kind) async throws {
        let processes = try await TwoProcesses(kind)
        try await processes.first.set("user:é", ["größe"], ttl: 600, tags: ["t", "größe"])
        let lines = try await PythonPackages.run(
            """
            import redis, struct, sys, zlib
            client = redis.Redis(port=int(sys.argv[1]), db=int(sys.argv[2]))
            data = client.get("test:user:é")
            magic, format, checksum = struct.unpack_from("<2sBI", data)
            assert magic == b"SC" and format == 2 and checksum == zlib.crc32(data[7:])
            codec, flags, type, created, fresh, expires, load = struct.unpack_from("<BBQqqqI", data, 7)
            at = 45

            def take(layout):
                global at
                value, = struct.unpack_from("<" + layout, data, at)
                at += struct.calcsize("<" + layout)
                return value

            def text():
                return take("%ds" % take("I")).decode()

            print(ascii(text()), codec, fresh == expires, 599_000_000 <= expires - created <= 601_000_000)
            tags = [(text(), take("Q")) for _ in range(take("H"))]
            print(ascii([tag for tag, _ in tags]))
            stamps = [client.get("test:\\x1fversion")] + [client.get("test:\\x1ftag:" + tag) for tag, _ in tags[1:]]
            print([int(stamp) for stamp in stamps] == [stamp for _, stamp in tags])
            take("%ds" % take("I"))
            print(ascii(data[at:].decode()))
            """,
            ["\(processes.server.port)", "\(processes.database)"]
        )
        #expect(
            lines == [
                #"'test:user:\xe9' 1 True True"#, #"['', 't', 'gr\xf6\xdfe']"#, "True", #"'["gr\xf6\xdfe"]'"#,
            ]
        )
        await processes.shutdown()
    }
}
