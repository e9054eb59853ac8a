// SPDX-License-Identifier: Apache-2.0

import Foundation
import RedisTestSupport
import Testing

/// The servers and tools that the tests with Redis need.
@Suite("Requirements of the tests with Redis")
struct EnvironmentTests {
    private static let isContinuousIntegration = ProcessInfo.processInfo.environment["CI"] == "true"

    /// On the machine of a developer, tests without their requirements are skipped, and Tests/run reports it.
    @Test(.enabled(if: isContinuousIntegration), arguments: RedisServer.Kind.allCases)
    func `continuous integration has all servers`(kind: RedisServer.Kind) {
        if case .missing(let reason) = RedisServer.availability(kind) { Issue.record("\(reason)") }
    }

    @Test(.enabled(if: isContinuousIntegration))
    func `continuous integration has all tools`() {
        #expect(TestCertificates.isAvailable)
        #expect(PythonPackages.isAvailable)
    }

    @Test(.enabled(if: PythonPackages.isAvailable || isContinuousIntegration))
    func `the Python packages can be imported`() async throws {
        let lines = try await PythonPackages.run(
            "import redis, hiredis, cbor2, fastkit_core.cache\nprint(redis.__version__)"
        )
        #expect(lines.first?.first == "5")
    }

    @Test(.enabled(if: PythonPackages.isAvailable))
    func `a script gets its arguments and its input`() async throws {
        let script = "import sys; print(sys.argv[1:]); print(sys.stdin.read().upper()); print()"
        let lines = try await PythonPackages.run(script, ["one", "two words"], input: Array("text".utf8))
        #expect(lines == ["['one', 'two words']", "TEXT", ""])
    }

    @Test(.enabled(if: PythonPackages.isAvailable))
    func `the error of a failed script has the reason`() async throws {
        let error = await #expect(throws: TestSupportError.self) {
            try await PythonPackages.run("raise ValueError('why')")
        }
        #expect(error?.description.contains("ValueError: why") == true)
    }

    @Test(.enabled(if: PythonPackages.isAvailable))
    func `a script is killed after its timeout`() async throws {
        let error = await #expect(throws: TestSupportError.self) {
            try await PythonPackages.run("import time; time.sleep(60)", timeout: .milliseconds(300))
        }
        #expect(error?.description.contains("did not end within 0.3 seconds") == true)
    }
}
