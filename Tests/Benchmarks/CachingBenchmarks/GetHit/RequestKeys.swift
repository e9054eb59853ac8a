// SPDX-License-Identifier: Apache-2.0

/// The keys that one thread asks for, over and over.
///
/// An array of strings would retain and release each key on its way to the cache, which a caller that has just made its
/// key does not do. These are lent.
final class RequestKeys: Sendable {
    /// A key that cannot be copied, so that it must be lent.
    struct Key: ~Copyable, Sendable {
        let text: String
    }

    /// Unchecked, because it is written in `init` and freed in `deinit` only.
    private nonisolated(unsafe) let keys: UnsafeMutablePointer<Key>
    private let count: Int
    private let mask: Int

    /// - Precondition: The number of keys is a power of two, so that going round needs no division.
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

    /// Lends the key of a request, by its number; after the last one the first one comes again.
    @inline(__always)
    func with<Result>(_ number: Int, _ body: (borrowing Key) -> Result) -> Result { body(keys[number & mask]) }
}
