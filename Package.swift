// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "swift-caching",
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .library(name: "Caching", targets: ["Caching"]),
        .library(name: "CachingRedis", targets: ["CachingRedis"]),
        .library(name: "CachingTesting", targets: ["CachingTesting"]),
    ],
    targets: [
        .target(name: "Caching", dependencies: ["CCaching"]),
        // Memory barriers and thread-local variables, which Swift cannot express.
        .target(name: "CCaching"),
        .target(name: "CachingTesting", dependencies: ["Caching"]),
        // The client is independent of caching.
        .target(name: "RedisClient"),
        .target(name: "CachingRedis", dependencies: ["Caching", "RedisClient"]),

        // Examples are targets of this package, so that they are always compiled.
        .executableTarget(
            name: "CachingDemo",
            dependencies: ["Caching", "CachingRedis", "TraceFiles"],
            path: "Examples/CachingDemo",
            resources: [.copy("Resources/shop.trace.gz")]
        ),
        .target(name: "FileSystemBackend", dependencies: ["Caching"], path: "Examples/FileSystemBackend"),

        .executableTarget(
            name: "CachingBenchmarks",
            dependencies: [
                "Caching", "CachingRedis", "RedisClient", "AllocationCounter", "BenchmarkSupport", "RedisTestSupport",
                "TraceFiles",
            ],
            path: "Tests/Benchmarks/CachingBenchmarks"
        ),
        .target(name: "TraceFiles", path: "Tests/Benchmarks/TraceFiles"),
        .target(name: "BenchmarkSupport", dependencies: ["TraceFiles"], path: "Tests/Benchmarks/BenchmarkSupport"),
        .target(name: "RedisTestSupport", path: "Tests/RedisTestSupport"),
        .target(name: "AllocationCounter", path: "Tests/Benchmarks/AllocationCounter"),
        .executableTarget(name: "LinkageProbe", dependencies: ["Caching"], path: "Tests/LinkageProbe"),
        .testTarget(name: "CachingTests", dependencies: ["Caching", "CachingTesting", "AllocationCounter"]),
        .testTarget(
            name: "BenchmarkTests",
            dependencies: ["BenchmarkSupport", "TraceFiles"],
            path: "Tests/Benchmarks/BenchmarkTests"
        ),
        .testTarget(
            name: "RedisTests",
            dependencies: ["Caching", "CachingRedis", "CachingTesting", "RedisClient", "RedisTestSupport"]
        ),
        .testTarget(name: "PackageTests", dependencies: ["LinkageProbe"]),
        .testTarget(
            name: "DocumentationTests",
            dependencies: ["Caching", "CachingRedis", "CachingTesting", "FileSystemBackend"]
        ),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where !["AllocationCounter", "CCaching"].contains(target.name) {
    var settings = target.swiftSettings ?? []
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    settings.append(.enableUpcomingFeature("ExistentialAny"))
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    settings.append(.enableUpcomingFeature("MemberImportVisibility"))
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    settings.append(.enableUpcomingFeature("InternalImportsByDefault"))
    if ["Caching", "CachingTests"].contains(target.name) {
        // Compiles the checks in Type+Invariants.swift, which are not part of a release build.
        settings.append(.define("CACHING_INVARIANTS", .when(configuration: .debug)))
    }
    // NonisolatedNonsendingByDefault stays off, because Swift 6.3.1 crashes on nonsending closures over parameter
    // packs. The methods on the hit path are marked `nonisolated(nonsending)` explicitly.
    target.swiftSettings = settings
}
