// SPDX-License-Identifier: Apache-2.0

extension MemoryBackend {
    /// The fresh value under a key, or nil when there is none of exactly this type.
    ///
    /// For a backend that is used without a manager: it does not suspend, encodes nothing and allocates nothing. It
    /// counts as an access, as a hit of a cached function does. What a manager stored is found under its whole key.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - type: The type of the value, exactly: an `Int` that was stored is not found as `Int?`.
    /// - Returns: The value.
    @inlinable
    public func value<Value: Sendable>(for key: String, as type: Value.Type = Value.self) -> Value? {
        store.value(forKey: key, as: type, countingIn: store.hits)
    }

    /// Stores a value under a key and replaces what was there.
    ///
    /// For a backend that is used without a manager: it does not suspend. The value stays as it is and needs no codec,
    /// so its entry has no bytes: ``CacheEntry/encoded(for:)`` throws.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - key: The key.
    ///   - ttl: How long to keep it; nil keeps it until it is removed or evicted.
    /// - Returns: Whether it is stored: false when it costs more than the whole capacity, or when the capacity is in
    ///   bytes, which a value without a codec does not have. Then nothing is left under the key.
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
