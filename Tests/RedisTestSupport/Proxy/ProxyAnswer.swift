// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// A result of the thread of a proxy, for which another thread waits.
final class ProxyAnswer<Output: Sendable>: Sendable {
    private let value = Mutex<Output?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    func give(_ output: Output) {
        value.withLock { $0 = output }
        isThere.signal()
    }

    /// Waits for the result, which the thread returns soon, because it waits for sockets only.
    func wait() -> Output? {
        _ = isThere.wait(timeout: .now() + 10)
        return value.withLock { $0 }
    }
}
