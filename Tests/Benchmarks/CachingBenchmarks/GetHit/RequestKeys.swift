// SPDX-License-Identifier: Apache-2.0

/// The keys that one thread requests repeatedly.
///
/// An array of strings would retain and release each key on its way to the cache, unlike a caller that has just made
/// its key. These keys are borrowed.
final class RequestKeys: Sendable {
    /// A key that cannot be copied, so that it must be borrowed.
    struct Key: ~Copyable, Sendable {
        let text: String
    }

    /// Unsafe, because the memory is written only in `init` and freed only in `deinit`.
    private nonisolated(unsafe) let keys: UnsafeMutablePointer<Key>
    private let count: Int
    private let mask: Int

    /// - Precondition: The number of keys is a power of two, so that the index wraps without a division.
    init(_ texts: [String]) {
        precondition(texts.count.nonzeroBitCount == 1)
        (count, mask) = (texts.count, texts.count - 1)
        keys = .allocate(capacity: texts.count)
        for (index, text) in texts.enumerated() { (keys + index).initialize(to: Key(text: text)) }
    }

    deinit {
        keys.deinitialize(count: count)
        keys.deallocate()
    }

    /// The key of a request by its number; the first key follows the last.
    @inline(__always)
    func with<Result>(_ number: Int, _ body: (borrowing Key) -> Result) -> Result { body(keys[number & mask]) }
}
