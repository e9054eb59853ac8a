// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The file calls, for which a missing file is a result and everything else is an error.
extension FileSystemBackend {
    /// Creates a directory and those above it; only this user has access.
    func makeDirectory(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    /// Returns the bytes of a file; nil when there is none.
    func read(_ components: [String]) throws -> [UInt8]? {
        try Self.ifThere { Array(try Data(contentsOf: URL(filePath: path(components)))) }
    }

    /// Removes a file, and returns whether its entry had not expired.
    @discardableResult
    func remove(_ components: [String]) throws -> Bool {
        guard let bytes = try read(components) else { return false }
        // If two callers remove the same file, only one succeeds, so nothing is counted twice.
        guard try Self.ifThere({ try FileManager.default.removeItem(atPath: path(components)) }) != nil else {
            return false
        }
        return EntryFile(bytes: bytes).map(isAlive) ?? false
    }

    /// Returns the keys and the paths of all entries.
    func files(in parents: [String] = []) throws -> [(key: String, components: [String])] {
        let names = try Self.ifThere { try FileManager.default.contentsOfDirectory(atPath: path(parents)) } ?? []
        return try names.flatMap { name -> [(key: String, components: [String])] in
            let components = parents + [name]
            if name.hasSuffix(EntryPath.directorySuffix) { return try files(in: components) }
            return EntryPath.key(of: components).map { [($0, components)] } ?? []
        }
    }

    private static func ifThere<Result>(_ body: () throws -> Result) throws -> Result? {
        do {
            return try body()
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile {
            return nil
        }
    }
}
