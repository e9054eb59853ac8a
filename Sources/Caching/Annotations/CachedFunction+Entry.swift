// SPDX-License-Identifier: Apache-2.0

/// The entry that belongs to given arguments.
extension CachedFunction {
    /// The key under which the result for these arguments is stored, with the cache's prefix.
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
    /// A load that is in flight will not store.
    ///
    /// - Parameter argument: The arguments of the function.
    /// - Returns: Whether there was one.
    /// - Throws: ``CacheError`` when the key is invalid or the backend fails.
    @discardableResult
    public nonisolated(nonsending) func invalidate(_ argument: repeat each Argument) async throws -> Bool {
        let (pipeline, key) = try entry(repeat each argument)
        return try await pipeline.delete(key)
    }

    /// Calls the function now, whatever is cached, and stores the result.
    ///
    /// However many callers refresh at once, at most one load runs and one waits, which began after they called. If it
    /// throws, what was cached stays; a result that is not to be kept removes it.
    ///
    /// - Parameter argument: The arguments of the function.
    /// - Returns: The new result.
    /// - Throws: What the function throws; ``CacheError``; `CancellationError`.
    @discardableResult
    public nonisolated(nonsending) func refresh(_ argument: repeat each Argument) async throws -> Value {
        let pipeline = try storage.reference.pipeline()
        guard let request = try storage.request(repeat each argument) else {
            return try await storage.bypass(pipeline, repeat each argument)
        }
        return try await pipeline.reload(request)
    }

    /// What is cached for these arguments, without loading and without counting it as a use.
    ///
    /// - Parameter argument: The arguments of the function.
    /// - Returns: The cached result; nil when there is none. A cached nil is a nil in an optional.
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

    /// The cache of this call, and the key without its prefix.
    private func entry(_ argument: repeat each Argument) throws -> (CachePipeline, String) {
        let pipeline = try storage.reference.pipeline()
        let key = try storage.makeKey(repeat each argument)
        try pipeline.check(key)
        return (pipeline, key)
    }
}
