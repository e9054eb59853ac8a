// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Tells whoever listens what left a store without being asked to, and counts what no shard has counted.
final class EvictionReports: Sendable {
    private let sizeCount = Atomic<Int>(0)
    private let expiryCount = Atomic<Int>(0)
    private let listening = Atomic<Bool>(false)
    private let listener = Mutex<EvictionListener?>(nil)

    var bySize: Int { sizeCount.load(ordering: .relaxed) }
    var byExpiry: Int { expiryCount.load(ordering: .relaxed) }

    /// Whether evicted keys are to be listed, which costs an array for each eviction.
    var isListing: Bool { listening.load(ordering: .relaxed) }

    /// Names who is told about each eviction, after the locks are released, while ``setListing(_:)`` says so.
    func listen(_ notify: @escaping @Sendable (String, EvictionReason) -> Void) {
        listener.withLock { $0 = EvictionListener(notify: notify) }
    }

    func setListing(_ isListing: Bool) { listening.store(isListing, ordering: .relaxed) }

    /// Counts and tells what was pushed out of several shards.
    func report(_ evicted: EvictedEntries) {
        if evicted.bySize > 0 { sizeCount.wrappingAdd(evicted.bySize, ordering: .relaxed) }
        if evicted.byExpiry > 0 { expiryCount.wrappingAdd(evicted.byExpiry, ordering: .relaxed) }
        notify(of: evicted)
    }

    /// Tells what was pushed out of a shard, which has counted it.
    func notify(of evicted: EvictedEntries) {
        if !evicted.list.isEmpty, let listener = listener.withLock({ $0 }) {
            for (key, reason) in evicted.list { listener.notify(key, reason) }
        }
    }
}

/// A closure in a struct.
///
/// In a `Mutex` of its own type it would be wrapped in one more thunk by each `withLock`, which hands it over
/// generically and takes it back: calls would become slower and slower, and overflow the stack.
private struct EvictionListener: Sendable {
    let notify: @Sendable (String, EvictionReason) -> Void
}
