// SPDX-License-Identifier: Apache-2.0

extension CacheCodec {
    /// The codec of values that are cached in memory and nowhere else, such as values that are not `Codable`.
    ///
    /// ```swift
    /// let page = cached(ttl: 60, key: { "pages:\($0)" }, codec: .memoryOnly) { (path: String) in
    ///     try await renderer.page(path)
    /// }
    /// ```
    ///
    /// Memory stores values as they are. On a backend that stores bytes, and in memory whose capacity is in bytes, a
    /// loaded value is returned and not stored, which ``CacheEvent/Kind/notEncodable(_:)`` reports; storing one explicitly throws
    /// ``CacheError/valueNotEncodable(key:underlying:)``.
    public static var memoryOnly: CacheCodec {
        CacheCodec(
            encode: { _ in throw MemoryOnlyError(type: Value.self) },
            decode: { _ in throw MemoryOnlyError(type: Value.self) }
        )
    }
}

/// The error of turning a value of a ``CacheCodec/memoryOnly`` codec into bytes, or back.
private struct MemoryOnlyError: Error, CustomStringConvertible {
    let type: Any.Type

    var description: String {
        "\(type) has the codec .memoryOnly and no encoding, which a backend outside the process and a capacity in bytes "
            + "need; give it another codec"
    }
}
