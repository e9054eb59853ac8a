// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A pipe that wakes a thread that waits in `poll`.
final class WakePipe: Sendable {
    let readEnd: Int32
    private let writeEnd: Int32

    /// - Throws: ``RedisError/connectFailed(_:)`` when the process has no descriptors left.
    init() throws(RedisError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw .connectFailed("no pipe could be created: \(SystemError.current)")
        }
        readEnd = ends[0]
        writeEnd = ends[1]
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Wakes the thread; a full pipe has woken it already.
    func wake() {
        var byte: UInt8 = 0
        _ = write(writeEnd, &byte, 1)
    }

    /// Reads everything that was written.
    func drain() {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            while let base = buffer.baseAddress, read(readEnd, base, buffer.count) == buffer.count {}
        }
    }
}

/// An error number of a system call.
struct SystemError: CustomStringConvertible {
    let number: Int32

    static var current: SystemError { SystemError(number: errno) }

    var isTemporary: Bool { number == EAGAIN || number == EWOULDBLOCK || number == EINTR }

    var description: String { String(cString: strerror(number)) }
}
