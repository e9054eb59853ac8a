// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingRedis
import RedisTestSupport
import Testing

/// The removal of entries that were invalidated by clearing their cache.
@Suite("Sweep of a cleared cache")
struct SweepTests {
    @Test(arguments: RedisServer.availableKinds)
    func `a sweep frees invalidated entries only`(kind: RedisServer.Kind) async throws {
        let processes = try await TwoProcesses(kind)
        let backend = try await TestBackend.make(kind, database: processes.database)
        for number in 0..<1500 { try await processes.first.set("old:\(number)", number) }
        #expect(try await backend.sweep() == 0)
        try await processes.first.clear()
        for number in 0..<10 { try await processes.first.set("new:\(number)", number, tags: ["t"]) }
        // Values of other programs: text, bytes, another Redis type, an entry of a newer version.
        let zeros = String(repeating: "\0", count: 200)
        let foreign = ["text", String(repeating: "1", count: 200), zeros, "SC\u{3}" + zeros, "SC", ""]
        for (number, text) in foreign.enumerated() {
            try await processes.command("SET", "test:foreign:\(number)", text)
        }
        try await processes.command("LPUSH", "test:list", "1")
        #expect(try await backend.sweep() == 1500)
        #expect(try await backend.sweep() == 0)
        for number in 0..<10 { #expect(try await processes.second.get("new:\(number)", as: Int.self) == number) }
        for (number, text) in foreign.enumerated() {
            #expect(try await processes.command("GET", "test:foreign:\(number)") == text)
        }
        #expect(try await processes.command("LLEN", "test:list") == "1")
        // The new entries, the foreign ones, the list, and two stamps.
        #expect(try await processes.command("DBSIZE") == "\(10 + foreign.count + 1 + 2)")
        await backend.shutdown()
        await processes.shutdown()
    }

    @Test(arguments: RedisServer.availableKinds)
    func `a running manager sweeps after a clear`(kind: RedisServer.Kind) async throws {
        let processes = try await TwoProcesses(kind)
        let running = Task { await processes.first.run() }
        for round in 0..<3 {
            for number in 0..<100 { try await processes.first.set("k:\(round):\(number)", number) }
            try await processes.first.clear()
            let deadline = ContinuousClock.now + .seconds(60)
            while try await processes.command("DBSIZE") != "1", ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(try await processes.command("DBSIZE") == "1")
        }
        await processes.shutdown()
        await running.value
    }
}
