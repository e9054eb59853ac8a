// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The products of this build, in any configuration and scratch path.
enum BuildProducts {
    /// The running test bundle: the process itself on Linux, an argument of a helper elsewhere.
    static let testBundle: String? = {
        let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        return ([executable] + CommandLine.arguments).first { $0.contains(".xctest") }
    }()

    /// The directory that the test bundle is in.
    static let directory: URL = {
        var url = URL(fileURLWithPath: testBundle ?? CommandLine.arguments[0])
        repeat { url.deleteLastPathComponent() } while url.path.contains(".xctest")
        return url
    }()

    static let modules = directory.appendingPathComponent("Modules")

    static func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    static func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
}
