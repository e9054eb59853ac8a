// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The life of a client's thread: it connects, serves, and connects again.
///
/// It reads, parses, encrypts, and keeps all deadlines. Only its thread uses it.
final class ConnectionLoop {
    let engine: ConnectionEngine
    let settings: RedisSettings
    let pipe: WakePipe
    let resolver = HostResolver()
    var supervisor: Supervisor
    /// Memory for handing out replies.
    var waiting: [(PendingReply, Int)] = []
    private var descriptors = [pollfd](repeating: pollfd(), count: 2)
    /// Memory for what arrives.
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 16)

    init(_ engine: ConnectionEngine, _ pipe: WakePipe) {
        self.engine = engine
        self.pipe = pipe
        settings = engine.settings
        supervisor = Supervisor(engine.settings.supervision)
    }

    deinit { buffer.deallocate() }

    /// Works until the client is closed.
    func run() {
        while true {
            engine.connecting()
            var wasConnected = false
            do throws(RedisError) {
                let (channel, info) = try connect()
                wasConnected = true
                supervisor.connected(now: MonotonicClock.now)
                engine.connected(info)
                defer { channel.close() }
                try serve(channel)
            } catch .shutDown {
                return engine.closed()
            } catch {
                engine.lost(error, wasConnected: wasConnected)
                let next = supervisor.failed(
                    isCredential: error.isCredential,
                    now: MonotonicClock.now,
                    random: .random(in: 0..<1)
                )
                guard pause(until: next) else { return engine.closed() }
            }
        }
    }

    /// Waits; false when the client was closed meanwhile.
    private func pause(until time: Int64) -> Bool {
        while true {
            guard !engine.tick(liveness: nil, sleeps: false).isClosed else { return false }
            guard MonotonicClock.now < time else { return true }
            _ = poll(nil, events: 0, until: time)
        }
    }

    /// Waits for a socket, for somebody who wakes the thread, or for a time.
    ///
    /// - Returns: The events of the socket.
    func poll(_ socket: Socket?, events: Int32, until time: Int64) -> Int32 {
        descriptors[0] = pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0)
        descriptors[1] = pollfd(fd: socket?.descriptor ?? -1, events: Int16(events), revents: 0)
        // Rounded up, or it would wake before the time. Never longer than a second: a command that comes while it
        // waits must not need to wake it for its deadline alone.
        let now = MonotonicClock.now
        // Compared before it is subtracted: a time may be as far off as numbers go.
        let milliseconds = time <= now ? 0 : min(1000, (time - now).addingSaturated(999_999) / 1_000_000)
        let count = systemPoll(&descriptors, Int32(milliseconds))
        guard count > 0 else { return 0 }
        if descriptors[0].revents != 0 { pipe.drain() }
        return Int32(descriptors[1].revents)
    }
}

/// The system's function, which a method has the name of.
private func systemPoll(_ descriptors: inout [pollfd], _ milliseconds: Int32) -> Int32 {
    poll(&descriptors, nfds_t(descriptors.count), milliseconds)
}

extension RedisError {
    fileprivate var isCredential: Bool {
        if case .refused(_, let isCredential) = self { isCredential } else { false }
    }
}
