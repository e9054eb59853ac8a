// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// The road of a call, from the quickest hit to what may suspend.
extension FunctionStorage {
    /// Returns the fresh value if a cache of the process-wide manager is the one and has it.
    ///
    /// It touches no reference count but the value's.
    @inlinable
    @inline(__always)
    func hit(_ argument: repeat each Argument) -> Value? {
        guard reference.usesCurrentManager, !ManagerScope.mayBeOverridden.load(ordering: .relaxed),
            let main = ProcessWideManager.installedDefault.load(ordering: .acquiring),
            let pipeline = reference.usesDefault ? main : lastNamed(beside: main),
            let key = try? makeKey(repeat each argument)
        else { return nil }
        return pipeline._withUnsafeGuaranteedRef { $0.hit(key, as: Value.self) }
    }

    /// The cache that the name meant last, if it is one of the manager that has this default cache.
    @inlinable
    @inline(__always)
    func lastNamed(beside main: Unmanaged<CachePipeline>) -> Unmanaged<CachePipeline>? {
        guard let known = lastNamed.load(ordering: .acquiring),
            known._withUnsafeGuaranteedRef({ $0.managerID }) == main._withUnsafeGuaranteedRef({ $0.managerID })
        else { return nil }
        return known
    }

    /// The same for every cache, wherever it is looked up without suspending.
    ///
    /// What was found out in vain is in `missed`, so that it is not done twice.
    @inlinable
    @inline(never)
    func hitResolved(_ missed: inout MissedCall, _ argument: repeat each Argument) throws -> Value? {
        guard let pipeline = reference.usesCurrentManager ? processWide : reference.fixed else {
            return try hitInScope(&missed, repeat each argument)
        }
        return hit(in: pipeline, &missed, repeat each argument)
    }

    /// The same for the manager of the scope that the call is in.
    @inlinable
    @inline(never)
    func hitInScope(_ missed: inout MissedCall, _ argument: repeat each Argument) throws -> Value? {
        hit(in: .passUnretained(try reference.pipeline()), &missed, repeat each argument)
    }

    /// The same for a cache that was found.
    @inlinable
    @inline(__always)
    func hit(
        in pipeline: Unmanaged<CachePipeline>,
        _ missed: inout MissedCall,
        _ argument: repeat each Argument
    ) -> Value? {
        pipeline._withUnsafeGuaranteedRef { cache -> Value? in
            guard let key = try? makeKey(repeat each argument) else {
                missed = MissedCall(pipeline, key: nil)
                return nil
            }
            // A listener wants to be told of a hit.
            let isObserved = cache.events.isObserved.load(ordering: .relaxed)
            if isObserved || !didProbeDefault, let value = cache.nearValue(key, as: Value.self) {
                if isObserved { cache.reportHit(key) }
                return value
            }
            missed = MissedCall(pipeline, key: key)
            return nil
        }
    }

    /// Whether ``hit(_:)`` has looked into the cache that this call uses, if nobody listens to its events.
    ///
    /// It may be mistaken while the process-wide manager changes; a load looks again before it begins.
    @inlinable
    var didProbeDefault: Bool { reference.usesDefault && !ManagerScope.mayBeOverridden.load(ordering: .relaxed) }

    /// The cache of the process-wide manager, unless the task may have another manager.
    @inlinable
    var processWide: Unmanaged<CachePipeline>? {
        guard !ManagerScope.mayBeOverridden.load(ordering: .relaxed),
            let main = ProcessWideManager.installedDefault.load(ordering: .acquiring)
        else { return nil }
        if reference.usesDefault { return main }
        return lastNamed(beside: main) ?? findNamed()
    }

    /// Looks the name up in the process-wide manager.
    @usableFromInline
    @inline(never)
    func findNamed() -> Unmanaged<CachePipeline>? {
        // Unretained, because this manager is never freed.
        guard let manager = ProcessWideManager.current, let name = reference.name,
            let found = manager.pipelines[name].map(Unmanaged.passUnretained)
        else { return nil }
        lastNamed.store(found, ordering: .releasing)
        return found
    }

    /// The same for every other cache and manager, and what may suspend.
    ///
    /// Inlinable, so that it is specialised where it is called: generic code would be most of what joining a load costs.
    /// Never inlined, so that the function before it stays small. What it keeps while it waits is kept once for every
    /// caller of a cold key, so it is little.
    @inlinable
    @inline(never)
    nonisolated(nonsending) func lookup(_ argument: repeat each Argument) async throws -> Value {
        var missed = MissedCall()
        if let value = try hitResolved(&missed, repeat each argument) { return value }
        if answersStale, let value = staleAnswer(missed, repeat each argument) { return value }
        // Nothing is made for a load before it is clear that there has to be one.
        let stored = try await missed.wait(acceptedStaleness: acceptedStaleness) {
            loadRequest($0, $1, repeat each argument)
        }
        // Spelled out: `unboxed(as:)` is not specialised for a class that is only known when it runs.
        if let stored, ObjectIdentifier(type(of: stored)) == ObjectIdentifier(ValueBox<Value>.self) {
            return unsafeDowncast(stored, to: ValueBox<Value>.self).value
        }
        return try await loadUncached(missed, stored, repeat each argument)
    }
}
