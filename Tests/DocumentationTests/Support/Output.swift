// SPDX-License-Identifier: Apache-2.0

import Caching
import Synchronization

/// What a snippet prints, so that a test can compare it with what the document shows.
final class Output: Sendable {
    @TaskLocal static var current: Output?
    private let text = Mutex("")

    /// Runs a snippet and returns the lines it prints.
    static func of(_ snippet: () async throws -> Void) async rethrows -> [String] {
        let output = Output()
        try await $current.withValue(output) { try await snippet() }
        let text = output.text.withLock(\.self)
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    func append(_ text: String) { self.text.withLock { $0 += text } }
}

/// In this module, `print` goes to the test that runs the snippet.
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {
    Output.current?.append(items.map { "\($0)" }.joined(separator: separator) + terminator)
}

/// Stands in for `CacheManager` where a snippet configures the process: tests share a process, so that a snippet checks
/// its configuration here and runs under a manager of its own.
enum CheckedConfiguration {
    @discardableResult
    static func configure(
        _ configuration: CacheConfiguration = [:],
        drivers: [CacheDriver] = [.memory]
    ) async throws -> CacheManager {
        let manager = try await CacheManager.make(configuration, drivers: drivers)
        await manager.shutdown()
        return manager
    }
}
