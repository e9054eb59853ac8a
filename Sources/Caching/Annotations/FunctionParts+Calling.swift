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

    /// The same for every other cache and manager, and what may suspend.
    ///
    /// Inlinable, so that it is specialised where it is called: joining a load costs twice as much without that. In a
    /// function of its own, so that the one before it stays small.
    @inlinable
    @inline(never)
    nonisolated(nonsending)
        func lookup(_ argument: repeat each Argument) async throws -> Value
    {
        let pipeline = try reference.pipeline()
        var hasOtherType = false
        if pipeline.memoryReference != nil, let name = try? makeKey(repeat each argument) {
            let key = pipeline.wholeKey(name)
            if let value = pipeline.value(wholeKey: key, as: Value.self) {
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
        return try await fetch(pipeline, hasOtherType: hasOtherType, repeat each argument)
    }
}
