// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// The manager that a call uses: the task's override, else the process-wide one.
@usableFromInline
enum ManagerScope {
    @TaskLocal static var override: CacheManager?

    /// Whether any override was ever set.
    ///
    /// Reading a task-local value costs as much as a hit, so it is not read before.
    @usableFromInline static let mayBeOverridden = Atomic<Bool>(false)

    /// The manager of this call; nil when there is none.
    static var current: CacheManager? {
        if mayBeOverridden.load(ordering: .relaxed), let override { return override }
        return ProcessWideManager.current
    }
}

/// Runs an operation with a manager of its own: everything that is cached in it, in its child tasks and in the
/// unstructured tasks it starts, uses this manager instead of the process-wide one.
///
/// Detached tasks (`Task.detached`) and callbacks from outside Swift concurrency do not inherit it.
///
/// - Parameters:
///   - manager: The manager to use.
///   - operation: What to run.
/// - Returns: What the operation returns.
/// - Throws: What the operation throws.
public nonisolated(nonsending) func withCacheManager<Result>(
    _ manager: CacheManager,
    operation: nonisolated(nonsending) () async throws -> Result
) async rethrows -> Result {
    ManagerScope.mayBeOverridden.store(true, ordering: .relaxed)
    return try await ManagerScope.$override.withValue(manager) { try await operation() }
}
