// SPDX-License-Identifier: Apache-2.0

public import Caching
public import Testing

/// Checks that a backend keeps the contract of `CacheBackend`; every backend can be run through it.
///
/// ```swift
/// let clock = ManualClock()
/// try await BackendConformance(elapse: { clock.advance(by: $0) }) {
///     MemoryBackend(clock: clock)
/// }
/// .run()
/// ```
///
/// It needs no test framework: ``run()`` throws with everything that does not hold.
public struct BackendConformance: Sendable {
    /// One thing that every backend has to do.
    public struct Check: Sendable {
        /// The behaviour, in a sentence.
        public let name: String
        let body: @Sendable (ConformanceRun) async throws -> Void
    }

    private let makeBackend: @Sendable () async throws -> any CacheBackend
    private let elapse: @Sendable (Duration) async throws -> Void

    /// Creates a suite for a backend.
    ///
    /// - Parameters:
    ///   - elapse: Lets that much of the backend's time pass: moves its clock, or sleeps when the time is real.
    ///   - makeBackend: Makes an empty backend; it is called once for each check.
    public init(
        elapse: @escaping @Sendable (Duration) async throws -> Void,
        makeBackend: @escaping @Sendable () async throws -> any CacheBackend
    ) {
        self.elapse = elapse
        self.makeBackend = makeBackend
    }

    /// Everything that is checked.
    public static let checks: [Check] =
        storageChecks + removalChecks + expiryChecks + timeChecks + hostileKeyChecks + concurrencyChecks

    /// Runs all checks, each on a new backend.
    ///
    /// - Throws: ``BackendConformanceFailure`` with everything that does not hold.
    public func run() async throws {
        var failures: [String] = []
        for check in Self.checks {
            do { try await run(check) } catch { failures.append("\(check.name): \(error)") }
        }
        if !failures.isEmpty { throw BackendConformanceFailure(failures: failures) }
    }

    /// Runs one check on a new backend, for instance as a case of a parametrised test.
    ///
    /// - Parameter check: The check.
    /// - Throws: What does not hold, or what the backend threw.
    public func run(_ check: Check) async throws {
        let backend = try await makeBackend()
        try await check.body(ConformanceRun(backend: backend, elapse: elapse))
        if let backend = backend as? any ManagedBackend { await backend.shutdown() }
    }
}

extension BackendConformance.Check: CustomTestStringConvertible {
    /// The name of the check.
    public var testDescription: String { name }
}

/// The rules of the contract that a backend does not keep.
public struct BackendConformanceFailure: Error, CustomStringConvertible {
    /// The checks that failed, and why.
    public let failures: [String]

    /// All failures, one a line.
    public var description: String {
        "The backend fails \(failures.count) of \(BackendConformance.checks.count) checks:"
            + failures.map { "\n  - \($0)" }.joined()
    }
}
