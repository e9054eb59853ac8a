// SPDX-License-Identifier: Apache-2.0

public import Caching
import FoundationEssentials

/// Keeps entries in files, one for each, in a directory of its own.
///
/// Entries survive the process, and several processes on one machine may share a directory. A file is replaced as a
/// whole, so nobody reads half of one; of two writers the last wins. A file that somebody removed is an absent entry. A
/// damaged file makes ``get(_:)`` throw, which the pipeline reports as unreadable and takes for a miss; the load that
/// follows replaces it.
///
/// Deadlines are on the wall clock, because a monotonic one means nothing to the next process.
public actor FileSystemBackend: CacheBackend {
    private let directory: String
    private let clock: any CacheClock
    private let executor = DiskExecutor()

    /// A thread that may block, instead of those of Swift concurrency.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Creates a backend on a directory, which is made when it is needed.
    ///
    /// - Parameters:
    ///   - directory: The path of a directory for nothing but this cache.
    ///   - clock: What deadlines are measured with.
    public init(directory: String, clock: any CacheClock = SystemCacheClock()) {
        self.directory = directory
        self.clock = clock
    }

    /// The entry stored under a key, or nil when there is none or it has expired.
    ///
    /// - Parameter key: The key.
    /// - Returns: The entry.
    /// - Throws: `CacheEntryError` when the file is damaged; what the file system says otherwise.
    public func get(_ key: String) throws -> CacheEntry? {
        let components = EntryPath.components(of: key)
        guard let bytes = try read(components) else { return nil }
        // A file without a deadline has no envelope either: reading that says what is wrong.
        guard let file = EntryFile(bytes: bytes) else { return try CacheEntry(encoded: [], for: key) }
        return isAlive(file) ? try CacheEntry(encoded: file.envelope, for: key) : nil
    }

    /// Stores an entry under a key and replaces what was there.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - entry: The entry.
    ///   - ttl: How long to keep it; nil keeps it until it is removed.
    /// - Throws: When the value cannot be encoded or the file cannot be written.
    public func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) throws {
        // Whoever asked has given up: a late write could bring back what was invalidated meanwhile.
        try Task.checkCancellation()
        let deadline = EntryFile.deadline(after: ttl, from: clock.wallTimeMicroseconds)
        let file = EntryFile(deadline: deadline, envelope: try entry.encoded(for: key))
        let components = EntryPath.components(of: key)
        try makeDirectory(path(components.dropLast()))
        // Atomic: written to a temporary file beside it, which is then renamed.
        try Data(file.bytes).write(to: URL(filePath: path(components)), options: .atomic)
    }

    /// Removes what is stored under a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether there was an entry that had not expired.
    /// - Throws: When the file cannot be removed.
    @discardableResult
    public func delete(_ key: String) throws -> Bool { try remove(EntryPath.components(of: key)) }

    /// Removes every entry whose key matches a pattern.
    ///
    /// - Parameter pattern: Which keys.
    /// - Returns: How many entries were removed that had not expired.
    /// - Throws: When a directory cannot be listed or a file cannot be removed.
    /// - Complexity: O(entries) names, and reads the files that match.
    @discardableResult
    public func invalidate(_ pattern: KeyPattern) throws -> Int {
        if pattern.isLiteral { return try delete(pattern.text) ? 1 : 0 }
        return try files().filter { pattern.matches($0.key) }.count { try remove($0.components) }
    }

    /// Whether an entry that has not expired is stored under a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether it is there; a file that is too damaged to tell is not.
    /// - Throws: When the file cannot be read.
    public func has(_ key: String) throws -> Bool {
        try read(EntryPath.components(of: key)).flatMap(EntryFile.init(bytes:)).map(isAlive) ?? false
    }

    /// Removes every entry.
    ///
    /// What is in the directory and is no entry stays.
    ///
    /// - Throws: When a directory cannot be listed or a file cannot be removed.
    public func clear() throws {
        for file in try files() { try remove(file.components) }
    }

    /// Frees what has expired.
    ///
    /// Call it once a day or so: it reads every file. What has expired is absent without it, and takes up space.
    ///
    /// - Throws: When a directory cannot be listed or a file cannot be removed.
    public func removeExpired() throws {
        for file in try files() where try read(file.components).flatMap(EntryFile.init(bytes:)).map(isAlive) == false {
            try remove(file.components)
        }
    }

    /// Makes the directory.
    func prepare() throws { try makeDirectory(directory) }

    func isAlive(_ file: EntryFile) -> Bool { file.deadline > clock.wallTimeMicroseconds }

    func path(_ components: some Sequence<String>) -> String {
        ([directory] + components).joined(separator: "/")
    }
}
