// SPDX-License-Identifier: Apache-2.0

public import Caching
import FoundationEssentials

/// A backend that stores each entry in a file of a directory.
///
/// Entries survive the process, and several processes on one machine may share a directory. A file is replaced
/// atomically, so no reader sees a part of one; of two writers the last wins. A file that was removed is an absent
/// entry. A damaged file makes ``get(_:)`` throw, which the pipeline reports as unreadable and treats as a miss; the
/// following load replaces it.
///
/// Deadlines are on the wall clock, because a monotonic one has no meaning in another process.
public actor FileSystemBackend: CacheBackend {
    private let directory: String
    private let clock: any CacheClock
    private let executor = DiskExecutor()

    /// A thread that may block, instead of those of Swift concurrency.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Creates a backend on a directory, which is created when it is needed.
    ///
    /// - Parameters:
    ///   - directory: The path of a directory that only this cache uses.
    ///   - clock: The clock of the deadlines.
    public init(directory: String, clock: any CacheClock = SystemCacheClock()) {
        self.directory = directory
        self.clock = clock
    }

    /// Returns the entry stored under a key; nil when there is none or it has expired.
    ///
    /// - Parameter key: The key.
    /// - Returns: The entry.
    /// - Throws: `CacheEntryError` when the file is damaged; otherwise the error of the file system.
    public func get(_ key: String) throws -> CacheEntry? {
        let components = EntryPath.components(of: key)
        guard let bytes = try read(components) else { return nil }
        // A file without a deadline has no envelope either, so decoding it throws the right error.
        guard let file = EntryFile(bytes: bytes) else { return try CacheEntry(encoded: [], for: key) }
        return isAlive(file) ? try CacheEntry(encoded: file.envelope, for: key) : nil
    }

    /// Stores an entry under a key, in place of an older one.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - entry: The entry.
    ///   - ttl: The time to keep the entry; nil keeps it until it is removed.
    /// - Throws: An error when the value cannot be encoded or the file cannot be written.
    public func set(_ key: String, _ entry: CacheEntry, ttl: Duration?) throws {
        // The caller has abandoned the operation; a late write could restore an entry that was invalidated since.
        try Task.checkCancellation()
        let deadline = EntryFile.deadline(after: ttl, from: clock.wallTimeMicroseconds)
        let file = EntryFile(deadline: deadline, envelope: try entry.encoded(for: key))
        let components = EntryPath.components(of: key)
        try makeDirectory(path(components.dropLast()))
        // Atomic: a temporary file is written and renamed.
        try Data(file.bytes).write(to: URL(filePath: path(components)), options: .atomic)
    }

    /// Removes the entry of a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether there was an entry that had not expired.
    /// - Throws: An error when the file cannot be removed.
    @discardableResult
    public func delete(_ key: String) throws -> Bool { try remove(EntryPath.components(of: key)) }

    /// Removes every entry whose key matches a pattern.
    ///
    /// - Parameter pattern: The pattern of the keys.
    /// - Returns: The number of removed entries that had not expired.
    /// - Throws: An error when a directory cannot be listed or a file cannot be removed.
    /// - Complexity: O(entries) names, and reads the files that match.
    @discardableResult
    public func invalidate(_ pattern: KeyPattern) throws -> Int {
        if pattern.isLiteral { return try delete(pattern.text) ? 1 : 0 }
        return try files().filter { pattern.matches($0.key) }.count { try remove($0.components) }
    }

    /// Whether an entry that has not expired is stored under a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether there is such an entry; a damaged file may not count as one.
    /// - Throws: An error when the file cannot be read.
    public func has(_ key: String) throws -> Bool {
        try read(EntryPath.components(of: key)).flatMap(EntryFile.init(bytes:)).map(isAlive) ?? false
    }

    /// Removes every entry.
    ///
    /// Files in the directory that are not entries stay.
    ///
    /// - Throws: An error when a directory cannot be listed or a file cannot be removed.
    public func clear() throws {
        for file in try files() { try remove(file.components) }
    }

    /// Removes expired entries.
    ///
    /// Call it about once a day, because it reads every file. Expired entries are absent without it, and take up space.
    ///
    /// - Throws: An error when a directory cannot be listed or a file cannot be removed.
    public func removeExpired() throws {
        for file in try files() where try read(file.components).flatMap(EntryFile.init(bytes:)).map(isAlive) == false {
            try remove(file.components)
        }
    }

    /// Creates the directory.
    func prepare() throws { try makeDirectory(directory) }

    func isAlive(_ file: EntryFile) -> Bool { file.deadline > clock.wallTimeMicroseconds }

    func path(_ components: some Sequence<String>) -> String {
        ([directory] + components).joined(separator: "/")
    }
}
