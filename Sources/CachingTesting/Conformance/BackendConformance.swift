// SPDX-License-Identifier: Apache-2.0

public import Caching
public import Testing

/// A suite of checks that a backend follows the rules of `CacheBackend`.
///
/// ```swift
/// let clock = ManualClock()
/// try await BackendConformance(elapse: { clock.advance(by: $0) }) {
///     MemoryBackend(clock: clock)
/// }
/// .run()
/// ```
///
/// The suite needs no test framework: ``run()`` throws an error with all violations.
public struct BackendConformance: Sendable {
    /// A behaviour that every backend must have.
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
    ///   - elapse: A function that lets time pass for the backend: it moves a clock, or sleeps if the time is real.
    ///   - makeBackend: A function that makes an empty backend; it is called once for each check.
    public init(
        elapse: @escaping @Sendable (Duration) async throws -> Void,
        makeBackend: @escaping @Sendable () async throws -> any CacheBackend
    ) {
        self.elapse = elapse
        self.makeBackend = makeBackend
    }

    /// All checks.
    public static let checks: [Check] =
        storageChecks + removalChecks + expiryChecks + timeChecks + hostileKeyChecks + concurrencyChecks

    /// Runs all checks, each on a new backend.
    ///
    /// - Throws: ``BackendConformanceFailure`` with all violations.
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
    /// - Throws: The violation, or the error of the backend.
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

/// The violations of the rules of `CacheBackend` by a backend.
public struct BackendConformanceFailure: Error, CustomStringConvertible {
    /// The checks that failed, each with the reason.
    public let failures: [String]

    /// All failures, one a line.
    public var description: String {
        "The backend fails \(failures.count) of \(BackendConformance.checks.count) checks:"
            + failures.map { "\n  - \($0)" }.joined()
    }
}
