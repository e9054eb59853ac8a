// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A running server, which ends with the process that started it, however that one ends.
final class ServerProcess: Sendable {
    /// The shell becomes the server, so that the server's number is that of this process's own child.
    ///
    /// What it leaves in the background waits for a word through a socket whose other end only this process has. When
    /// the end comes without the word, this process has died, and the server and its directory go too.
    private static let script = """
        log=$1 directory=$2
        shift 2
        { read -r word <&3; [ "$word" = done ] || { kill -9 $$; rm -rf -- "$directory"; }; } </dev/null >/dev/null 2>&1 &
        exec "$@" </dev/null >>"$log" 2>&1 3<&-
        """

    private let child: ChildProcess
    private let leash: Int32

    var id: Int32 { child.id }
    var isRunning: Bool { child.isRunning }

    init(_ program: String, _ words: [String], log: String, directory: String) throws {
        let (ours, theirs) = try Sockets.pair()
        Sockets.makeBlocking(theirs)
        defer { Sockets.close(theirs) }
        guard let null = FileHandle(forReadingAtPath: "/dev/null") else {
            Sockets.close(ours)
            throw BenchError("there is no /dev/null")
        }
        do {
            let arguments = ["-c", Self.script, "sh", log, directory, program] + words
            let descriptors = [null.fileDescriptor, null.fileDescriptor, null.fileDescriptor, theirs]
            child = try ChildProcess("/bin/sh", arguments, descriptors: descriptors)
            leash = ours
        } catch {
            Sockets.close(ours)
            throw error
        }
    }

    func send(_ signal: Int32) { child.send(signal) }

    func waitForEnd(within limit: Duration) -> Bool { child.waitForEnd(within: limit) }

    /// Closes the socket to the watcher without a word, as the end of this process would.
    func loseLeash() { Sockets.endWriting(leash) }

    deinit {
        // The order matters: the server has ended but its number is still taken when the watcher is sent home, so that
        // nobody else can be hit.
        child.send(9)
        _ = child.waitForEnd(within: .seconds(10))
        _ = Sockets.send(leash, Array("done\n".utf8)[...])
        Sockets.close(leash)
    }
}
