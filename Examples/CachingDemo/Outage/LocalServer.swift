// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A server of the demo, on a socket in a temporary directory.
///
/// It ends with the demo, even if the demo is killed.
final class LocalServer {
    private static let names = ["redis-server", "valkey-server"]

    private let executable: String
    private let directory: URL
    private var shell: Process?
    private var processID: pid_t = 0

    /// Finds a server to start.
    ///
    /// - Throws: `DemoError` when no server is installed.
    init() throws {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let paths = Self.names.flatMap { name in folders.map { "\($0)/\(name)" } }
        guard let path = paths.first(where: FileManager.default.isExecutableFile) else {
            throw DemoError(
                "the scenario starts a server of its own, and there is neither redis-server nor valkey-server in PATH; "
                    + "on Debian and Ubuntu: apt-get install redis-server"
            )
        }
        executable = path
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("caching-demo-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: directory)
    }

    /// The name of the program, for display.
    var name: String { (executable as NSString).lastPathComponent }

    /// The address of the server.
    var url: String { "redis+unix://" + socket }

    private var socket: String { directory.appendingPathComponent("redis.sock").path }

    /// Starts the server, and waits until its socket exists.
    ///
    /// - Throws: `DemoError` when the server does not start.
    func start() async throws {
        // The shell kills the server when its standard input is closed: by `kill`, or by the end of the demo.
        let script = """
            "$0" --port 0 --unixsocket "$1" --save "" --appendonly no --dir "$2" >/dev/null 2>&1 &
            echo $!
            read -r _
            kill -9 $! 2>/dev/null
            """
        let (input, output) = (Pipe(), Pipe())
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", script, executable, socket, directory.path]
        shell.standardInput = input
        shell.standardOutput = output
        try? FileManager.default.removeItem(atPath: socket)
        try shell.run()
        self.shell = shell
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        processID = pid_t(line.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
        for _ in 0..<100 {
            if FileManager.default.fileExists(atPath: socket) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw DemoError("\(name) did not start within 5 s")
    }

    /// Ends the server at once, as a crash does.
    func kill() {
        guard let shell, processID > 0 else { return }
        _ = Foundation.kill(processID, SIGKILL)
        processID = 0
        (shell.standardInput as? Pipe)?.fileHandleForWriting.closeFile()
        shell.waitUntilExit()
        self.shell = nil
    }
}
