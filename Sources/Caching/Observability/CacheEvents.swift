// SPDX-License-Identifier: Apache-2.0

/// The events of a cache from now on, for one listener.
///
/// ```swift
/// for await event in manager.events(where: \.isFailure) {
///     print(event)
/// }
/// ```
///
/// Events are buffered up to a limit. When the buffer is full, further events are dropped, and the next event that
/// fits, or the end, is preceded by ``CacheEvent/Kind/dropped(_:)``. The sequence ends when the manager is shut down or
/// the listening task is cancelled.
public struct CacheEvents: AsyncSequence, Sendable {
    private let subscription: EventSubscription

    init(_ subscription: EventSubscription) { self.subscription = subscription }

    /// An iterator over events.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let subscription: EventSubscription

        /// Returns the next event, or nil at the end.
        ///
        /// - Returns: The event.
        public mutating func next() async -> CacheEvent? { await subscription.listener.next() }
    }

    /// Returns an iterator over the events.
    ///
    /// - Returns: The iterator; each event goes to one iterator of a sequence.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(subscription: subscription) }
}
