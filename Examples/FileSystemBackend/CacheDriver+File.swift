// SPDX-License-Identifier: Apache-2.0

public import Caching

extension CacheDriver {
    /// The driver of caches in files; its setting `path` is a directory, in which each cache has one of its own.
    public static let file = CacheDriver(
        "file",
        options: [DriverOption("path", .text, isRequired: true)]
    ) { settings in
        // Clearing a cache clears its directory, so two caches must not share one.
        let name = EntryPath.escaped(settings.cacheName)
        let backend = FileSystemBackend(directory: "\(settings.text("path") ?? "")/\(name)", clock: settings.clock)
        // A directory that cannot be created is an error at startup instead of a miss in each call.
        try await backend.prepare()
        return backend
    }
}
