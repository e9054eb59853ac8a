// SPDX-License-Identifier: Apache-2.0

public import Caching

extension CacheDriver {
    /// Files in a directory; its setting is `path`, and each cache gets a directory of its own in it.
    public static let file = CacheDriver(
        "file",
        options: [DriverOption("path", .text, isRequired: true)]
    ) { settings in
        // Clearing a cache clears its directory, so two caches must not meet in one.
        let name = EntryPath.escaped(settings.cacheName)
        let backend = FileSystemBackend(directory: "\(settings.text("path") ?? "")/\(name)", clock: settings.clock)
        // A directory that cannot be made is an error at startup, not a miss for ever.
        try await backend.prepare()
        return backend
    }
}
