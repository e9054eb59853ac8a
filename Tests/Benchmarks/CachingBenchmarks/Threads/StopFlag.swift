// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Tells threads that it is time to end.
final class StopFlag: Sendable {
    private let flag = Atomic<Bool>(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() { flag.store(true, ordering: .relaxed) }
}
