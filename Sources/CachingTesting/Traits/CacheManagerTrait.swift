// SPDX-License-Identifier: Apache-2.0

public import Caching
public import Testing

/// A trait that gives each test a manager and a recording backend of its own, so that tests can run in parallel.
///
/// ```swift
/// @Test(.cacheManager)
/// func aSecondReadIsAHit() async throws {
///     _ = try await service.user(42)
///     _ = try await service.user(42)
///     try RecordingBackend.current.expectSet("users:42", count: 1)
/// }
/// ```
///
/// On a suite, the trait applies to each test in it.
public struct CacheManagerTrait: TestTrait, SuiteTrait, TestScoping {
    private let storage: RecordingBackend.Storage
    private let ttl: TTL

    init(storage: RecordingBackend.Storage, ttl: TTL) {
        self.storage = storage
        self.ttl = ttl
    }

    /// Whether the trait of a suite also applies to the tests and suites in it, which it does.
    public var isRecursive: Bool { true }

    /// Runs a test with a new manager.
    ///
    /// - Parameters:
    ///   - test: The test.
    ///   - testCase: The case of a parametrised test.
    ///   - function: The function that runs the test.
    /// - Throws: The error of the test.
    public func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        // A suite itself needs no manager, but each of its test cases does.
        guard testCase != nil else { return try await function() }
        let clock = ManualClock()
        let environment = TestEnvironment(backend: RecordingBackend(storage: storage, clock: clock), clock: clock)
        let manager = CacheManager(backend: environment.backend, ttl: ttl, clock: clock)
        do {
            try await TestEnvironment.$current.withValue(environment) {
                try await withCacheManager(manager) { try await function() }
            }
        } catch {
            await manager.shutdown()
            throw error
        }
        await manager.shutdown()
    }
}

extension Trait where Self == CacheManagerTrait {
    /// A manager of its own for each test, with a ``RecordingBackend`` and a ``ManualClock``.
    public static var cacheManager: CacheManagerTrait { .cacheManager() }

    /// Returns a trait with a manager for each test, on a ``RecordingBackend`` and a ``ManualClock``.
    ///
    /// - Parameters:
    ///   - storage: Whether the backend keeps live values or bytes.
    ///   - ttl: The default lifetime.
    /// - Returns: The trait.
    public static func cacheManager(
        storage: RecordingBackend.Storage = .values,
        ttl: TTL = .seconds(300)
    ) -> CacheManagerTrait {
        CacheManagerTrait(storage: storage, ttl: ttl)
    }
}

/// The surroundings of a test with ``CacheManagerTrait``.
struct TestEnvironment: Sendable {
    @TaskLocal static var current: TestEnvironment?

    let backend: RecordingBackend
    let clock: ManualClock
}

extension RecordingBackend {
    /// The backend of the running test.
    ///
    /// - Throws: ``MissingTrait`` in a test without ``CacheManagerTrait``.
    public static var current: RecordingBackend {
        get throws {
            guard let environment = TestEnvironment.current else { throw MissingTrait() }
            return environment.backend
        }
    }
}

extension ManualClock {
    /// The clock of the running test.
    ///
    /// - Throws: ``MissingTrait`` in a test without ``CacheManagerTrait``.
    public static var current: ManualClock {
        get throws {
            guard let environment = TestEnvironment.current else { throw MissingTrait() }
            return environment.clock
        }
    }
}

/// The error of a test that needs ``CacheManagerTrait`` and does not have it.
public struct MissingTrait: Error, CustomStringConvertible {
    /// A text that says how to add the trait.
    public var description: String { "This test has no cache manager of its own; add `@Test(.cacheManager)`." }
}
