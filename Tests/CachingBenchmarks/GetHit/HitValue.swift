// SPDX-License-Identifier: Apache-2.0

/// What is cached where only the cache is measured: an object, as most values of some size are or contain.
final class HitValue: Sendable {
    let number: Int

    init(_ number: Int) { self.number = number }

    /// Uses the value in a way the optimiser cannot see, so that the value must really have been handed out.
    @inline(never)
    @_optimize(none)
    func use() {}
}
