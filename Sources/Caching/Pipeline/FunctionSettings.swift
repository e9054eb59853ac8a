// SPDX-License-Identifier: Apache-2.0

/// What a function says about all its entries.
@usableFromInline
struct FunctionSettings<Value: Sendable>: Sendable {
    var ttl: TTL = .default
    var policy = CachePolicy()
    var skip: (@Sendable (Value) -> Bool)?
    let codec: CacheCodec<Value>
}
