// SPDX-License-Identifier: Apache-2.0

public import Caching
public import Testing

/// Gives each test a manager and a recording backend of its own, so that tests run in parallel without meeting.
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
/// On a suite it applies to each test in it.
public struct CacheManagerTrait: TestTrait, SuiteTrait, TestScoping {
    private let storage: RecordingBackend.Storage
    private let ttl: TTL

    init(storage: RecordingBackend.Storage, ttl: TTL) {
        self.storage = storage
        self.ttl = ttl
    }

    /// A Boolean value that indicates whether tests and suites inside a suite get it too.
    public var isRecursive: Bool { true }

    /// Runs a test with a new manager.
    ///
    /// - Parameters:
    ///   - test: The test.
    ///   - testCase: The case of a parametrised test.
    ///   - function: Runs the test.
    /// - Throws: What the test throws.
    public func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        // A suite as such has nothing to run under a manager; each of its test cases has.
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

    /// A manager of its own for each test, with a ``RecordingBackend`` and a ``ManualClock``.
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

/// A test asked for the backend or clock of a trait that it does not have.
public struct MissingTrait: Error, CustomStringConvertible {
    /// What is missing and how to add it.
    public var description: String { "This test has no cache manager of its own; add `@Test(.cacheManager)`." }
}
