// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import FileSystemBackend
import Synchronization
import Testing

@Suite("The file-system backend of the guide")
struct FileSystemBackendTests {
    private let directory = TemporaryDirectory()
    private let clock = ManualClock()

    @Test(arguments: BackendConformance.checks)
    func keepsTheContract(_ check: BackendConformance.Check) async throws {
        let suite = BackendConformance(elapse: { [clock] in clock.advance(by: $0) }) { [clock, directory] in
            FileSystemBackend(directory: directory.path, clock: clock)
        }
        try await suite.run(check)
    }

    @Test func aHitInANewProcessNeedsNoLoad() async throws {
        let loads = Mutex(0)
        for _ in 1...2 {
            // A new backend and a new manager on the same directory: all that a new process shares with the old one.
            let user = cached(ttl: 60, key: { "users:\($0)" }, manager: manager()) { (id: Int) async -> String? in
                loads.withLock { $0 += 1 }
                return "user \(id)"
            }
            #expect(try await user(42) == "user 42")
        }
        #expect(loads.withLock(\.self) == 1)
    }

    @Test(arguments: [0, 3, 8, 20, 50, -1])
    func aDamagedFileIsAMissAndIsReplaced(length: Int) async throws {
        let loads = Mutex(0)
        let manager = manager()
        let user = cached(ttl: 60, key: { "users:\($0)" }, manager: manager) { (id: Int) async -> String in
            let number = loads.withLock { loads in
                loads += 1
                return loads
            }
            return "load \(number)"
        }
        #expect(try await user(42) == "load 1")
        let file = try #require(directory.files.first)
        let bytes = try directory.read(file)
        // Cut short at several places; -1 is a file of the right length with nonsense in it.
        let damaged = length < 0 ? [UInt8](repeating: 0x55, count: bytes.count) : Array(bytes.prefix(length))
        try directory.write(damaged, to: file)
        #expect(try await user(42) == "load 2")
        #expect(try await user(42) == "load 2")
    }

    @Test func aFileUnderTheWrongNameIsNotSomebodyElsesValue() async throws {
        let backend = FileSystemBackend(directory: directory.path, clock: clock)
        let entry = CacheEntry("Ada", codec: .json, createdAt: 0, expiresAt: nil)
        try await backend.set("users:1", entry, ttl: nil)
        try directory.write(directory.read("users%3a1.entry"), to: "users%3a2.entry")
        await #expect(throws: CacheEntryError.self) { try await backend.get("users:2") }
    }

    @Test func aRemovedFileIsAMissAndNoError() async throws {
        let backend = FileSystemBackend(directory: directory.path, clock: clock)
        let entry = CacheEntry("Ada", codec: .json, createdAt: 0, expiresAt: nil)
        try await backend.set("users:1", entry, ttl: nil)
        let other = FileSystemBackend(directory: directory.path, clock: clock)
        #expect(try await other.delete("users:1"))
        #expect(try await backend.get("users:1") == nil)
        #expect(try await backend.delete("users:1") == false)
    }

    @Test func twoInstancesOnOneDirectoryWriteAtOnceAndReadWholeEntries() async throws {
        let backends = [0, 1].map { _ in FileSystemBackend(directory: directory.path, clock: clock) }
        let values = ["a", "b"].map { String(repeating: $0, count: 50_000) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (backend, value) in zip(backends, values) {
                group.addTask {
                    for _ in 0..<50 {
                        let entry = CacheEntry(value, codec: .json, createdAt: 0, expiresAt: nil)
                        try await backend.set("k", entry, ttl: nil)
                        let found = try await backend.get("k")?.value(as: String.self, codec: .json)
                        #expect(values.contains(found ?? ""))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(directory.files == ["k.entry"])
    }

    @Test func clearRemovesOnlyItsOwnFiles() async throws {
        try directory.write([1], to: "README")
        try directory.write([1], to: "Not-Escaped.entry")
        let backend = FileSystemBackend(directory: directory.path, clock: clock)
        for key in ["a", "../b", String(repeating: "c", count: 500)] {
            try await backend.set(key, CacheEntry(key, codec: .json, createdAt: 0, expiresAt: nil), ttl: nil)
        }
        #expect(directory.files.count == 5)
        try await backend.clear()
        #expect(directory.files == ["Not-Escaped.entry", "README"])
    }

    @Test func expiredFilesAreFreedOnRequest() async throws {
        let backend = FileSystemBackend(directory: directory.path, clock: clock)
        let entry = CacheEntry("Ada", codec: .json, createdAt: 0, expiresAt: nil)
        try await backend.set("short", entry, ttl: .seconds(1))
        try await backend.set("long", entry, ttl: .seconds(10))
        clock.advance(by: .seconds(2))
        try await backend.removeExpired()
        #expect(directory.files == ["long.entry"])
    }

    @Test func theDriverNeedsAPath() async throws {
        let error = await #expect(throws: CacheConfigurationError.self) {
            try await CacheManager.make(["default": ["driver": "file"]], drivers: [.memory, .file])
        }
        #expect(error?.problems.map(\.key) == ["path"])
    }

    @Test func aDirectoryThatCannotBeMadeIsAnErrorAtStartup() async throws {
        try directory.write([1], to: "file")
        let path = ConfigurationValue.text("\(directory.path)/file")
        await #expect(throws: CacheConfigurationError.self) {
            try await CacheManager.make(["default": ["driver": "file", "path": path]], drivers: [.file])
        }
    }

    @Test func cachesWithOnePathDoNotMeet() async throws {
        let path = ConfigurationValue.text(directory.path)
        let manager = try await CacheManager.make(
            ["default": ["driver": "file", "path": path], "sessions": ["ttl": 60]],
            drivers: [.memory, .file],
            clock: clock
        )
        try await manager.set("k", 1)
        try await manager.named("sessions").set("k", 2)
        try await manager.clear()
        #expect(try await manager.get("k", as: Int.self) == nil)
        #expect(try await manager.named("sessions").get("k", as: Int.self) == 2)
    }

    @Test func aTagIsInvalidatedByAStamp() async throws {
        let manager = manager()
        try await manager.set("users:1", "Ada", tags: ["team"])
        try await manager.set("users:2", "Grace")
        try await manager.invalidate(tag: "team")
        #expect(try await manager.get("users:1", as: String.self) == nil)
        #expect(try await manager.get("users:2", as: String.self) == "Grace")
    }

    private func manager() -> CacheManager {
        let backend = FileSystemBackend(directory: directory.path, clock: clock)
        return CacheManager(backend: backend, clock: clock)
    }
}
