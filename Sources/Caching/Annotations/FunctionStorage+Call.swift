// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// The path of a call: a hit in the configured cache, a hit in any other cache, a load.
extension FunctionStorage {
    /// Returns the fresh value, if the call uses a cache of the process-wide manager in memory that has it.
    ///
    /// It changes no reference count but that of the value.
    @inlinable
    @inline(__always)
    func hit(_ argument: repeat each Argument) -> Value? {
        guard reference.usesCurrentManager, !ManagerScope.mayBeOverridden.load(ordering: .relaxed),
            let defaultPipeline = ProcessWideManager.installedDefault.load(ordering: .acquiring),
            let pipeline = reference.usesDefault ? defaultPipeline : lastNamed(alongside: defaultPipeline),
            let key = try? makeKey(repeat each argument)
        else { return nil }
        return pipeline._withUnsafeGuaranteedRef { $0.hit(key, as: Value.self) }
    }

    /// Returns the cache of the last lookup of the name, if it belongs to the manager that has this default cache.
    @inlinable
    @inline(__always)
    func lastNamed(alongside defaultPipeline: Unmanaged<CachePipeline>) -> Unmanaged<CachePipeline>? {
        guard let known = lastNamed.load(ordering: .acquiring),
            known._withUnsafeGuaranteedRef({ $0.managerID })
                == defaultPipeline._withUnsafeGuaranteedRef({ $0.managerID })
        else { return nil }
        return known
    }

    /// Returns the fresh value in any cache that can be read without suspending.
    ///
    /// On a miss, `missed` has the cache and the key, so that they are not looked up again.
    @inlinable
    @inline(never)
    func hitResolved(_ missed: inout MissedCall, _ argument: repeat each Argument) throws -> Value? {
        guard let pipeline = reference.usesCurrentManager ? processWide : reference.fixed else {
            return try hitInScope(&missed, repeat each argument)
        }
        return hit(in: pipeline, &missed, repeat each argument)
    }

    /// Returns the fresh value in the cache of the manager that the task has.
    @inlinable
    @inline(never)
    func hitInScope(_ missed: inout MissedCall, _ argument: repeat each Argument) throws -> Value? {
        hit(in: .passUnretained(try reference.pipeline()), &missed, repeat each argument)
    }

    /// Returns the fresh value in a cache; notes the cache and the key in `missed` when there is none.
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
            // A listener gets an event for each hit.
            let isObserved = cache.events.areHitsObserved.load(ordering: .relaxed)
            if isObserved || !didProbeDefault, let value = cache.nearValue(key, as: Value.self) {
                if isObserved { cache.reportHit(key) }
                return value
            }
            missed = MissedCall(pipeline, key: key)
            return nil
        }
    }

    /// Whether ``hit(_:)`` has read the cache that this call uses, unless a listener wants hits.
    ///
    /// It may be wrong while the process-wide manager changes; a load reads the cache again before it begins.
    @inlinable
    var didProbeDefault: Bool { reference.usesDefault && !ManagerScope.mayBeOverridden.load(ordering: .relaxed) }

    /// The cache in the process-wide manager, unless the task may have another manager.
    @inlinable
    var processWide: Unmanaged<CachePipeline>? {
        guard !ManagerScope.mayBeOverridden.load(ordering: .relaxed),
            let defaultPipeline = ProcessWideManager.installedDefault.load(ordering: .acquiring)
        else { return nil }
        if reference.usesDefault { return defaultPipeline }
        return lastNamed(alongside: defaultPipeline) ?? findNamed()
    }

    /// Returns the named cache of the process-wide manager, and remembers it.
    @usableFromInline
    @inline(never)
    func findNamed() -> Unmanaged<CachePipeline>? {
        // Unretained, because a manager that was installed is never freed.
        guard let manager = ProcessWideManager.current, let name = reference.name,
            let found = manager.pipelines[name].map(Unmanaged.passUnretained)
        else { return nil }
        lastNamed.store(found, ordering: .releasing)
        return found
    }

    /// Returns the value of any cache and manager: from memory, from a load in flight, or from a new load.
    ///
    /// It is inlinable, so that it is specialised where it is called, because unspecialised code would be most of the cost
    /// of joining a load. It is never inlined, so that ``hit(_:)`` stays small. Its async frame is small, because each
    /// caller that waits for a cold key has one.
    @inlinable
    @inline(never)
    nonisolated(nonsending) func lookup(_ argument: repeat each Argument) async throws -> Value {
        var missed = MissedCall()
        if let value = try hitResolved(&missed, repeat each argument) { return value }
        if answersStale, let value = staleAnswer(missed, repeat each argument) { return value }
        // The closure is called only when no load of the key is in flight.
        let stored = try await missed.wait(acceptedStaleness: acceptedStaleness) {
            loadRequest($0, $1, repeat each argument)
        }
        // Written out, because `unboxed(as:)` is not specialised for a generic class that is known only at run time.
        if let stored, ObjectIdentifier(type(of: stored)) == ObjectIdentifier(ValueBox<Value>.self) {
            return unsafeDowncast(stored, to: ValueBox<Value>.self).value
        }
        return try await loadUncached(missed, WaitEnd(stored), repeat each argument)
    }
}
