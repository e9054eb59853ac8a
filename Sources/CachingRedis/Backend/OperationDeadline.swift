// SPDX-License-Identifier: Apache-2.0

internal import Caching

/// The time that one operation has, however many round trips it takes.
struct OperationDeadline: Sendable {
    /// The time at which the operation began, in nanoseconds of a clock that does not run backwards.
    let start: Int64

    private let timeout: Duration

    init(_ timeout: Duration) {
        start = SystemCacheClock.preciseNanoseconds
        self.timeout = timeout
    }

    /// The time that is left; zero when it is over.
    var remaining: Duration {
        max(.zero, timeout - .nanoseconds(SystemCacheClock.preciseNanoseconds - start))
    }
}
