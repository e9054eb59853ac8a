// SPDX-License-Identifier: Apache-2.0

internal import Caching

/// The deadline of an operation, which all its round trips share.
struct OperationDeadline: Sendable {
    /// The time at which the operation began, in nanoseconds of the monotonic clock.
    let start: Int64

    private let timeout: Duration

    init(_ timeout: Duration) {
        start = SystemCacheClock.preciseNanoseconds
        self.timeout = timeout
    }

    /// The time until the deadline; zero after it.
    var remaining: Duration {
        max(.zero, timeout - .nanoseconds(SystemCacheClock.preciseNanoseconds - start))
    }
}
