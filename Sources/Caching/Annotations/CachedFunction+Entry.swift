// SPDX-License-Identifier: Apache-2.0

/// The entry of given arguments.
extension CachedFunction {
    /// Returns the key under which the result for these arguments is stored, with the cache's prefix.
    ///
    /// - Parameter argument: The arguments of the function.
    /// - Returns: The key.
    /// - Throws: ``CacheError`` when no cache is configured or the arguments give no valid key.
    public func key(for argument: repeat each Argument) throws -> String {
        let (pipeline, key) = try entry(repeat each argument)
        return pipeline.wholeKey(key)
    }

    /// Removes the result for these arguments.
    ///
    /// A load of the key that is in flight is not stored.
    ///
    /// - Parameter argument: The arguments of the function.
    /// - Returns: Whether an entry was removed.
    /// - Throws: ``CacheError`` when the key is invalid or the backend fails.
    @discardableResult
    public nonisolated(nonsending) func invalidate(_ argument: repeat each Argument) async throws -> Bool {
        let (pipeline, key) = try entry(repeat each argument)
        return try await pipeline.delete(key)
    }

    /// Calls the function even if a result is cached, and stores the new one.
    ///
    /// Of any number of concurrent calls, at most one load runs and one waits, so that each caller gets a load that began
    /// after its call. If the load throws, the cached result stays; a result that is not to be stored removes it.
    ///
    /// - Parameter argument: The arguments of the function.
    /// - Returns: The new result.
    /// - Throws: The error of the function; ``CacheError``; `CancellationError`.
    @discardableResult
    public nonisolated(nonsending) func refresh(_ argument: repeat each Argument) async throws -> Value {
        let pipeline = try storage.reference.pipeline()
        guard let request = try storage.request(repeat each argument) else {
            return try await storage.bypass(pipeline, repeat each argument)
        }
        return try await pipeline.reload(request)
    }

    /// Returns the cached result for these arguments, without loading it and without counting a read.
    ///
    /// - Parameter argument: The arguments of the function.
    /// - Returns: The cached result; nil when there is none. A cached nil is a nil inside an optional.
    /// - Throws: ``CacheError`` when the key is invalid.
    public nonisolated(nonsending) func peek(_ argument: repeat each Argument) async throws -> Value? {
        let (pipeline, key) = try entry(repeat each argument)
        return try await pipeline.get(key, codec: storage.options.codec, isCounted: false)
    }

    /// Stores a result for these arguments without calling the function.
    ///
    /// - Parameters:
    ///   - value: The result.
    ///   - argument: The arguments of the function.
    /// - Throws: ``CacheError`` when the key is invalid, the value cannot be encoded, or the backend fails.
    public nonisolated(nonsending) func prime(_ value: Value, for argument: repeat each Argument) async throws {
        let (pipeline, key) = try entry(repeat each argument)
        let tags = storage.makeTags(repeat each argument)
        try await pipeline.set(key, value, options: storage.options, tags: tags)
    }

    /// Returns the cache of a call and its key, without the cache's prefix.
    private func entry(_ argument: repeat each Argument) throws -> (CachePipeline, String) {
        let pipeline = try storage.reference.pipeline()
        let key = try storage.makeKey(repeat each argument)
        try pipeline.check(key)
        return (pipeline, key)
    }
}
