// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// The manager of a call: the override of the task, else the process-wide one.
@usableFromInline
enum ManagerScope {
    @TaskLocal static var override: CacheManager?

    /// Whether any override was ever set.
    ///
    /// Before that, task-local values are not read, because that costs as much as a hit.
    @usableFromInline static let mayBeOverridden = Atomic<Bool>(false)

    /// The manager of this call; nil when there is none.
    static var current: CacheManager? {
        if mayBeOverridden.load(ordering: .relaxed), let override { return override }
        return ProcessWideManager.current
    }
}

/// Runs an operation with a manager in place of the process-wide one.
///
/// ```swift
/// try await withCacheManager(CacheManager(backend: RecordingBackend())) {
///     _ = try await service.user(42)
/// }
/// ```
///
/// Child tasks and unstructured tasks that the operation starts use the manager too. Detached tasks (`Task.detached`) and
/// callbacks from outside Swift concurrency do not.
///
/// - Parameters:
///   - manager: The manager to use.
///   - operation: The operation.
/// - Returns: The result of the operation.
/// - Throws: The error of the operation.
public nonisolated(nonsending) func withCacheManager<Result>(
    _ manager: CacheManager,
    operation: nonisolated(nonsending) () async throws -> Result
) async rethrows -> Result {
    ManagerScope.mayBeOverridden.store(true, ordering: .relaxed)
    return try await ManagerScope.$override.withValue(manager) { try await operation() }
}
