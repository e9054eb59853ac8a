// SPDX-License-Identifier: Apache-2.0

/// A kind of backend that a configuration selects by its name: `driver: memory`.
///
/// Your own drivers are passed to ``CacheManager/configure(_:drivers:clock:fileID:line:)``:
///
/// ```swift
/// extension CacheDriver {
///     static let disk = CacheDriver("disk", options: [DriverOption("path", .text, isRequired: true)]) { settings in
///         FileSystemBackend(directory: settings.text("path") ?? "", clock: settings.clock)
///     }
/// }
/// ```
public struct CacheDriver: Sendable {
    /// The name in the configuration.
    public let name: String

    /// The settings of the driver, in addition to those of every cache.
    public let options: [DriverOption]

    /// Settings that the driver does not have though users may expect them, each with the reason and the alternative.
    public let refusals: [String: String]

    /// Whether the driver is ``memory``, whose backends nothing outside the cache can reach.
    let isBuiltInMemory: Bool

    /// The function that makes a backend.
    let make: @Sendable (DriverSettings) async throws -> any CacheBackend

    /// Creates a driver.
    ///
    /// - Parameters:
    ///   - name: The name in the configuration.
    ///   - options: The settings of the driver, which are checked before `make` is called.
    ///   - refusals: Settings that the driver does not have though users may expect them, each with the reason.
    ///   - make: A function that makes a backend for one cache. Its error is reported with the other problems.
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

    /// The name that switches a cache off, for which there is no driver.
    static let none = "none"

    /// Advice about drivers of other modules, by their names.
    static let driversOfOtherModules = Dictionary(
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
