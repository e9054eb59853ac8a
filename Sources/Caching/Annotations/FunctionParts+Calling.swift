// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// The road of a call, from the quickest hit to what may suspend.
extension FunctionParts {
    /// The fresh value of the process-wide default cache, if that is the one and has it.
    ///
    /// It touches no reference count but the value's.
    @inlinable
    @inline(__always)
    func hit(_ argument: repeat each Argument) -> Value? {
        guard reference.usesDefault, !ManagerScope.mayBeOverridden.load(ordering: .relaxed),
            let main = ProcessWideManager.installedMain.load(ordering: .acquiring),
            let key = try? makeKey(repeat each argument)
        else { return nil }
        return main._withUnsafeGuaranteedRef { $0.hit(key, as: Value.self) }
    }

    /// The same for a named cache and for a manager of its own.
    ///
    /// What was found out in vain is in `missed`, so that it is not done twice.
    @inlinable
    @inline(never)
    func hitElsewhere(_ missed: inout MissedKey?, _ argument: repeat each Argument) -> Value? {
        guard let pipeline = reference.isProcessWide ? named : reference.fixed else { return nil }
        return pipeline._withUnsafeGuaranteedRef { cache -> Value? in
            guard cache.memoryReference != nil, let name = try? makeKey(repeat each argument) else { return nil }
            let key = cache.wholeKey(name)
            // Who listens to events wants to be told of a hit.
            let isObserved = cache.events.isObserved.load(ordering: .relaxed)
            if !isObserved, let value = cache.value(wholeKey: key, as: Value.self) { return value }
            missed = MissedKey(pipeline: pipeline, key: key, hasLooked: !isObserved)
            return nil
        }
    }

    /// The named cache of the process-wide manager, unless the task may have another manager.
    @inlinable
    var named: Unmanaged<CachePipeline>? {
        guard !ManagerScope.mayBeOverridden.load(ordering: .relaxed),
            let main = ProcessWideManager.installedMain.load(ordering: .acquiring)
        else { return nil }
        if let known = lastNamed.load(ordering: .acquiring),
            known._withUnsafeGuaranteedRef({ $0.managerID }) == main._withUnsafeGuaranteedRef({ $0.managerID })
        {
            return known
        }
        return findNamed()
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
    /// Never inlined, so that the function before it stays small.
    @inlinable
    @inline(never)
    nonisolated(nonsending)
        func lookup(_ argument: repeat each Argument) async throws -> Value
    {
        var missed: MissedKey?
        if !reference.usesDefault, let value = hitElsewhere(&missed, repeat each argument) { return value }
        let pipeline = try missed?.pipeline.takeUnretainedValue() ?? reference.pipeline()
        var hasOtherType = false
        var key = missed?.key
        if key == nil, let name = try? makeKey(repeat each argument) { key = pipeline.wholeKey(name) }
        if pipeline.memoryReference != nil, let key {
            if missed?.hasLooked != true, let value = pipeline.value(wholeKey: key, as: Value.self) {
                pipeline.reportHit(key)
                return value
            }
            // Nothing is made for a load before it is clear that there has to be one.
            if !answersStale {
                let stored = try await pipeline.join(key) { departure(pipeline, key, repeat each argument) }
                // Spelled out: `unboxed(as:)` is not specialised for a class that is only known when it runs.
                if let stored, ObjectIdentifier(type(of: stored)) == ObjectIdentifier(ValueBox<Value>.self) {
                    return unsafeDowncast(stored, to: ValueBox<Value>.self).value
                }
                hasOtherType = stored != nil
            }
        }
        return try await fetch(pipeline, key, hasOtherType: hasOtherType, repeat each argument)
    }
}
