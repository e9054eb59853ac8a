// SPDX-License-Identifier: Apache-2.0

/// What the caches of a manager have in common.
struct ManagerParts: Sendable {
    let clock: any CacheClock
    let flights = SingleFlight()
    let stamps: Stamps

    init(clock: any CacheClock) {
        self.clock = clock
        stamps = Stamps(clock: clock)
    }
}
