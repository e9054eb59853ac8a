// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    /// A violated invariant of a data structure: a mistake in this library.
    ///
    /// The type exists where `CACHING_INVARIANTS` is defined, as it is in debug builds of this package.
    package struct InvariantViolation: Error, CustomStringConvertible {
        package let description: String

        package init(_ description: String) { self.description = description }
    }

    /// Throws unless a condition holds; the message states the expected condition.
    func ensure(_ condition: Bool, _ expectation: @autoclosure () -> String) throws(InvariantViolation) {
        if !condition { throw InvariantViolation(expectation()) }
    }
#endif
