// SPDX-License-Identifier: Apache-2.0

/// One call of a cached function: what it is about, how it is to be kept, and how to load it.
@usableFromInline
struct FetchRequest<Value: Sendable>: Sendable {
    /// The whole key, with the cache's prefix.
    let key: String
    let settings: FunctionSettings<Value>
    let tags: [String]
    let load: nonisolated(nonsending) @Sendable () async throws -> Value
}
