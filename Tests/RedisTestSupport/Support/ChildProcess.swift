// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A process that this one has started.
///
/// Its number belongs to it until ``reap()``: a signal never reaches a stranger that got the number afterwards.
final class ChildProcess: Sendable {
    let id: pid_t
    private let status = Mutex<Int32?>(nil)

    /// Starts a program.
    ///
    /// The program has the descriptors as its 0, 1, 2 and so on. It inherits no other one: a server that held the end of
    /// another test's pipe would make that one wait for ever.
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
        // Through high numbers first, so that no descriptor is overwritten before it was copied. They are the parent's
        // copies: made for this program only, and closed in this process right after.
        var copies: [Int32] = []
        defer { for copy in copies { Sockets.close(copy) } }
        for descriptor in descriptors {
            let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 16)
            guard copy >= 0 else { throw BenchError("cannot copy a descriptor: \(Platform.lastError)") }
            copies.append(copy)
        }
        for (number, copy) in copies.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, copy, Int32(number))
        }
        // The threads of Swift's tasks block signals, and threads and programs that they start would do so too: a server
        // would not hear that it is to end. What is ignored here must not be ignored there either.
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
            // Not every C library has a call for that. A number that is not in use is no error.
            for number in copies.count..<min(1024, Int(getdtablesize())) {
                posix_spawn_file_actions_addclose(&actions, Int32(number))
            }
        #endif
        posix_spawnattr_setflags(&attributes, flags)
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process = pid_t()
        let result = posix_spawn(&process, path, &actions, &attributes, &words, environ)
        guard result == 0 else { throw BenchError("cannot start \(path): \(String(cString: strerror(result)))") }
        id = process
    }

    /// Whether it has not ended yet.
    var isRunning: Bool {
        status.withLock { status in
            guard status == nil else { return false }
            var information = siginfo_t()
            // Looks only: the process stays known to the system, and its number with it.
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

    /// Waits for the end of the process and leaves it running when it has not come in time.
    func waitForEnd(within limit: Duration) -> Bool {
        (try? Waiting.blockUntil(within: limit, "the end of process \(id)") { !isRunning }) != nil
    }

    /// Kills the process if it still runs, gives its number back to the system and returns the exit status.
    @discardableResult
    func reap() -> Int32 {
        status.withLock { status in
            if let status { return status }
            _ = kill(id, SIGKILL)
            var result: Int32 = 0
            while waitpid(id, &result, 0) < 0, errno == EINTR {}
            // As a shell has it: the code, or 128 and the signal.
            let code = result & 0x7F == 0 ? (result >> 8) & 0xFF : 128 + (result & 0x7F)
            status = code
            return code
        }
    }

    deinit { reap() }
}
