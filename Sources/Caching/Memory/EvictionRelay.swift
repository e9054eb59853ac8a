// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Leads from whoever knows that somebody listens to a subscription that begins later.
final class EvictionRelay: Sendable {
    private let current = Mutex<EvictionSubscription?>(nil)

    var subscription: EvictionSubscription? {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }

    /// Sets whether each eviction is listed.
    func setListing(_ isListing: Bool) { subscription?.setListing(isListing) }
}
