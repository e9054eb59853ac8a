// SPDX-License-Identifier: Apache-2.0

import Foundation
import RedisTestSupport
import Testing

/// The needs of the tests with Redis on the machine.
@Suite("What the tests with Redis need")
struct EnvironmentTests {
    private static let isContinuousIntegration = ProcessInfo.processInfo.environment["CI"] == "true"

    /// On a developer's machine, what is missing leaves out tests, and Tests/run says so.
    @Test(.enabled(if: isContinuousIntegration), arguments: RedisServer.Kind.allCases)
    func whereEveryTestMustRunThereIsAServer(kind: RedisServer.Kind) {
        if case .missing(let reason) = RedisServer.availability(kind) { Issue.record("\(reason)") }
    }

    @Test(.enabled(if: isContinuousIntegration))
    func whereEveryTestMustRunThereAreTools() {
        #expect(TestCertificates.isAvailable)
        #expect(PythonPackages.isAvailable)
    }

    @Test(.enabled(if: PythonPackages.isAvailable || isContinuousIntegration))
    func thePackagesOfPythonCanBeImported() async throws {
        let lines = try await PythonPackages.run(
            "import redis, hiredis, cbor2, fastkit_core.cache\nprint(redis.__version__)"
        )
        #expect(lines.first?.first == "5")
    }

    @Test(.enabled(if: PythonPackages.isAvailable))
    func aScriptGetsItsArgumentsAndItsInput() async throws {
        let script = "import sys; print(sys.argv[1:]); print(sys.stdin.read().upper()); print()"
        let lines = try await PythonPackages.run(script, ["one", "two words"], input: Array("text".utf8))
        #expect(lines == ["['one', 'two words']", "TEXT", ""])
    }

    @Test(.enabled(if: PythonPackages.isAvailable))
    func aScriptThatFailsTellsWhy() async throws {
        let error = await #expect(throws: BenchError.self) { try await PythonPackages.run("raise ValueError('why')") }
        #expect(error?.description.contains("ValueError: why") == true)
    }

    @Test(.enabled(if: PythonPackages.isAvailable))
    func aScriptWithoutEndIsEnded() async throws {
        let error = await #expect(throws: BenchError.self) {
            try await PythonPackages.run("import time; time.sleep(60)", timeout: .milliseconds(300))
        }
        #expect(error?.description.contains("did not end within 0.3 seconds") == true)
    }
}
