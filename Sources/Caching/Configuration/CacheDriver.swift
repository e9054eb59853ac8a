// SPDX-License-Identifier: Apache-2.0

/// A kind of backend that a configuration can name: `driver: memory`.
///
/// Pass your own to ``CacheManager/configure(_:drivers:clock:fileID:line:)``:
///
/// ```swift
/// extension CacheDriver {
///     static let file = CacheDriver("file", options: [DriverOption("path", .text, isRequired: true)]) { settings in
///         FileSystemBackend(directory: settings.text("path") ?? "", clock: settings.clock)
///     }
/// }
/// ```
public struct CacheDriver: Sendable {
    /// The name in the configuration.
    public let name: String

    /// The settings the driver has, besides those of every cache.
    public let options: [DriverOption]

    /// Settings that people look for and the driver does not have, each with the reason and with what to do instead.
    public let refusals: [String: String]

    /// A Boolean value that indicates whether it is ``memory``, which nothing outside the cache can reach.
    let isBuiltInMemory: Bool

    /// Makes a backend.
    let make: @Sendable (DriverSettings) async throws -> any CacheBackend

    /// Creates a driver.
    ///
    /// - Parameters:
    ///   - name: The name in the configuration.
    ///   - options: The settings it has; they are checked before the driver is asked for a backend.
    ///   - refusals: Settings that people look for and it does not have, each with the reason, for the error.
    ///   - make: Makes a backend for one cache. What it throws is reported with the other problems.
    public init(
        _ name: String,
        options: [DriverOption] = [],
        refusals: [String: String] = [:],
        make: @escaping @Sendable (DriverSettings) async throws -> any CacheBackend
    ) {
        self.init(name, options, refusals, isBuiltInMemory: false, make)
    }

    private init(
        _ name: String,
        _ options: [DriverOption],
        _ refusals: [String: String] = [:],
        isBuiltInMemory: Bool,
        _ make: @escaping @Sendable (DriverSettings) async throws -> any CacheBackend
    ) {
        self.name = name
        self.isBuiltInMemory = isBuiltInMemory
        self.options = options
        self.refusals = refusals
        self.make = make
    }

    /// The name that switches a cache off; it needs no driver.
    static let none = "none"

    /// Remarks about drivers that other packages have, by their names.
    static let elsewhere = Dictionary(
        uniqueKeysWithValues: ["redis", "valkey"].map {
            ($0, "import CachingRedis and pass `drivers: [.memory, .\($0)]`")
        }
    )

    /// The memory of the process.
    ///
    /// Its setting is `capacity`: the largest number of entries, or with a unit, as in `64MB`, the largest number of
    /// bytes of keys and values. ``MemoryCapacity/encodedBytes(_:)`` describes how values are measured. Most have to be
    /// encoded for it, which makes storing them slower.
    public static let memory = CacheDriver("memory", [], isBuiltInMemory: true) { settings in
        let capacity =
            settings.integer("capacity").map(MemoryCapacity.entries)
            ?? settings.bytes("capacity").map(MemoryCapacity.encodedBytes)
            ?? .default
        return MemoryBackend(capacity: capacity, clock: settings.clock)
    }
}
