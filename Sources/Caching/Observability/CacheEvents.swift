// SPDX-License-Identifier: Apache-2.0

/// The events of a cache from now on, one listener's view.
///
/// Events are kept for the listener up to a bound. When it is full further events are dropped, and the next one that
/// fits is preceded by ``CacheEvent/Kind/dropped(_:)``. The sequence ends when the manager is shut down or the
/// listening task is cancelled.
public struct CacheEvents: AsyncSequence, Sendable {
    /// The stream the events come through.
    let stream: AsyncStream<CacheEvent>

    /// Reads one event after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var base: AsyncStream<CacheEvent>.Iterator

        /// The next event, or nil at the end.
        ///
        /// - Returns: The event.
        public mutating func next() async -> CacheEvent? { await base.next() }
    }

    /// An iterator over the events.
    ///
    /// - Returns: The iterator; a sequence should be iterated once.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: stream.makeAsyncIterator()) }
}
