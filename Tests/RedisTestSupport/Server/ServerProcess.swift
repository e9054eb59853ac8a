// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A running server, which ends with the process that started it, even if that one is killed.
final class ServerProcess: Sendable {
    /// A shell script that starts a watchdog in the background and then becomes the server, a child of this process.
    ///
    /// The watchdog reads from a socket whose other end only this process has. If the socket ends without the word `done`,
    /// this process has died, and the watchdog kills the server and removes its directory.
    private static let script = """
        log=$1 directory=$2
        shift 2
        { read -r word <&3; [ "$word" = done ] || { kill -9 $$; rm -rf -- "$directory"; }; } </dev/null >/dev/null 2>&1 &
        exec "$@" </dev/null >>"$log" 2>&1 3<&-
        """

    private let child: ChildProcess
    private let watchdogSocket: Int32

    var id: Int32 { child.id }
    var isRunning: Bool { child.isRunning }

    init(_ program: String, _ words: [String], log: String, directory: String) throws {
        let (ours, theirs) = try Sockets.pair()
        Sockets.makeBlocking(theirs)
        defer { Sockets.close(theirs) }
        guard let null = FileHandle(forReadingAtPath: "/dev/null") else {
            Sockets.close(ours)
            throw TestSupportError("there is no /dev/null")
        }
        do {
            let arguments = ["-c", Self.script, "sh", log, directory, program] + words
            let descriptors = [null.fileDescriptor, null.fileDescriptor, null.fileDescriptor, theirs]
            child = try ChildProcess("/bin/sh", arguments, descriptors: descriptors)
            watchdogSocket = ours
        } catch {
            Sockets.close(ours)
            throw error
        }
    }

    func send(_ signal: Int32) { child.send(signal) }

    func waitForEnd(within limit: Duration) -> Bool { child.waitForEnd(within: limit) }

    /// Ends the socket of the watchdog, as the end of this process does.
    func disconnectWatchdog() { Sockets.endWriting(watchdogSocket) }

    deinit {
        // In this order: the watchdog ends before the process identifier of the server can be reused, so that it kills no
        // other process.
        child.send(9)
        _ = child.waitForEnd(within: .seconds(10))
        _ = Sockets.send(watchdogSocket, Array("done\n".utf8)[...])
        Sockets.close(watchdogSocket)
    }
}
