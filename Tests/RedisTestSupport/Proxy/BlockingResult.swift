// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// A result of the thread of a proxy, for which another thread waits.
final class BlockingResult<Output: Sendable>: Sendable {
    private let value = Mutex<Output?>(nil)
    private let isComplete = DispatchSemaphore(value: 0)

    func complete(_ output: Output) {
        value.withLock { $0 = output }
        isComplete.signal()
    }

    /// Waits for the result, which the thread returns soon, because it waits for sockets only.
    func wait() -> Output? {
        _ = isComplete.wait(timeout: .now() + 60)
        return value.withLock { $0 }
    }
}
