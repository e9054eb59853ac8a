// SPDX-License-Identifier: Apache-2.0

extension MemoryBackend {
    /// Returns the fresh value under a key, or nil when there is none of exactly this type.
    ///
    /// For a backend that is used without a manager: the method does not suspend, encode or allocate. It counts as an
    /// access, as a hit of a cached function does. A value that a manager stored is found under its whole key.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - type: The type of the value, exactly: an `Int` that was stored is not found as `Int?`.
    /// - Returns: The value, or nil.
    @inlinable
    public func value<Value: Sendable>(for key: String, as type: Value.Type = Value.self) -> Value? {
        store.value(forKey: key, as: type, countingIn: store.hits)
    }

    /// Stores a value under a key and replaces the entry that was there.
    ///
    /// For a backend that is used without a manager: the method does not suspend. The value is not encoded and needs no
    /// codec, so ``CacheEntry/encoded(for:)`` throws for its entry.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - key: The key.
    ///   - ttl: The lifetime; nil keeps the value until it is removed or evicted.
    /// - Returns: Whether the value is stored: false when it costs more than the whole capacity, or when the capacity is in
    ///   bytes, because a value without a codec cannot be measured. Then nothing is left under the key.
    @inlinable
    @discardableResult
    public func insert<Value: Sendable>(_ value: Value, for key: String, ttl: Duration? = nil) -> Bool {
        do {
            try store.insert(key, ValueBox(value, codec: nil), ttl: ttl)
            return true
        } catch {
            return false
        }
    }
}
