// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A child process.
///
/// Its identifier is not reused before ``reap()``, and no signal is sent afterwards.
final class ChildProcess: Sendable {
    let id: pid_t
    private let status = Mutex<Int32?>(nil)

    /// Starts a program with descriptors as its 0, 1, 2 and so on.
    ///
    /// The program inherits no other descriptors: a server with the end of a pipe of another test would block that test.
    init(_ path: String, _ arguments: [String], descriptors: [Int32]) throws {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Copied to high numbers first, so that no descriptor is overwritten before it was copied. The copies are closed in
        // this process below.
        var copies: [Int32] = []
        defer { for copy in copies { Sockets.close(copy) } }
        for descriptor in descriptors {
            let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 16)
            guard copy >= 0 else { throw TestSupportError("cannot copy a descriptor: \(Platform.lastError)") }
            copies.append(copy)
        }
        for (number, copy) in copies.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, copy, Int32(number))
        }
        // The threads of Swift's tasks block signals, and child processes inherit the mask: a server would ignore SIGTERM.
        // They also inherit ignored signals.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var flags = Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF)
        #if canImport(Darwin)
            flags |= Int16(POSIX_SPAWN_CLOEXEC_DEFAULT)
        #else
            // Not every C library has a function for that. Closing an unused number is not an error.
            for number in copies.count..<min(1024, Int(getdtablesize())) {
                posix_spawn_file_actions_addclose(&actions, Int32(number))
            }
        #endif
        posix_spawnattr_setflags(&attributes, flags)
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process = pid_t()
        let result = posix_spawn(&process, path, &actions, &attributes, &words, environ)
        guard result == 0 else { throw TestSupportError("cannot start \(path): \(String(cString: strerror(result)))") }
        id = process
    }

    /// Whether the process has not ended.
    var isRunning: Bool {
        status.withLock { status in
            guard status == nil else { return false }
            var information = siginfo_t()
            // WNOWAIT does not reap the process, so its identifier stays valid.
            let result = waitid(P_PID, id_t(id), &information, WEXITED | WNOHANG | WNOWAIT)
            return result == 0 && information.si_signo == 0
        }
    }

    /// Sends a signal, unless the process is known to have ended.
    func send(_ signal: Int32) {
        status.withLock { status in
            if status == nil { _ = kill(id, signal) }
        }
    }

    /// Waits for the end of the process, and returns whether it has ended in time.
    func waitForEnd(within limit: Duration) -> Bool {
        (try? Waiting.blockUntil(within: limit, "the end of process \(id)") { !isRunning }) != nil
    }

    /// Kills and reaps the process, and returns its exit status.
    @discardableResult
    func reap() -> Int32 {
        status.withLock { status in
            if let status { return status }
            _ = kill(id, SIGKILL)
            var result: Int32 = 0
            while waitpid(id, &result, 0) < 0, errno == EINTR {}
            // As in a shell: the exit code, or 128 plus the signal.
            let code = result & 0x7F == 0 ? (result >> 8) & 0xFF : 128 + (result & 0x7F)
            status = code
            return code
        }
    }

    deinit { reap() }
}
