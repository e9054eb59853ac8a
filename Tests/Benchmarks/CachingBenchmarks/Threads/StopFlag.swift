// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A flag that stops threads.
final class StopFlag: Sendable {
    private let flag = Atomic<Bool>(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() { flag.store(true, ordering: .relaxed) }
}
