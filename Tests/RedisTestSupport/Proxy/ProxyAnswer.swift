// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// An answer of a proxy's thread to somebody who waits for it.
final class ProxyAnswer<Output: Sendable>: Sendable {
    private let value = Mutex<Output?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    func give(_ output: Output) {
        value.withLock { $0 = output }
        isThere.signal()
    }

    /// Waits for the answer: briefly, since the thread waits for nothing but sockets.
    func wait() -> Output? {
        _ = isThere.wait(timeout: .now() + 10)
        return value.withLock { $0 }
    }
}
