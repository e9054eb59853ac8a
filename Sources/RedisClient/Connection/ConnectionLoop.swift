// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The loop of the thread of a client: it connects, serves, and reconnects.
///
/// It reads, writes, parses, encrypts, and enforces all deadlines. Only its thread may use it.
final class ConnectionLoop {
    let engine: ConnectionEngine
    let settings: RedisSettings
    let pipe: WakePipe
    let resolver = HostResolver()
    var reconnectPolicy: ReconnectPolicy
    /// The memory for delivering replies.
    var deliveries: [(PendingReply, Int)] = []
    private var descriptors = [pollfd](repeating: pollfd(), count: 2)
    /// The buffer for received bytes.
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 16)

    init(_ engine: ConnectionEngine, _ pipe: WakePipe) {
        self.engine = engine
        self.pipe = pipe
        settings = engine.settings
        reconnectPolicy = ReconnectPolicy(engine.settings.reconnectPolicy)
    }

    deinit { buffer.deallocate() }

    /// Runs until the client is closed.
    func run() {
        while true {
            engine.connecting()
            var wasConnected = false
            do throws(RedisError) {
                let (channel, info) = try connect()
                wasConnected = true
                reconnectPolicy.connected(now: MonotonicClock.now)
                engine.connected(info)
                defer { channel.close() }
                try serve(channel)
            } catch .shutDown {
                return engine.closed()
            } catch {
                engine.lost(error, wasConnected: wasConnected)
                let next = reconnectPolicy.failed(
                    isCredential: error.isCredential,
                    now: MonotonicClock.now,
                    random: .random(in: 0..<1)
                )
                guard pause(until: next) else { return engine.closed() }
            }
        }
    }

    /// Waits until a time, and returns whether the client is still open.
    private func pause(until time: Int64) -> Bool {
        while true {
            guard !engine.tick(liveness: nil, sleeps: false).isClosed else { return false }
            guard MonotonicClock.now < time else { return true }
            _ = poll(nil, events: 0, until: time)
        }
    }

    /// Waits for events of a socket, for the pipe, or until a time.
    ///
    /// - Returns: The events of the socket.
    func poll(_ socket: Socket?, events: Int32, until time: Int64) -> Int32 {
        descriptors[0] = pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0)
        descriptors[1] = pollfd(fd: socket?.descriptor ?? -1, events: Int16(events), revents: 0)
        // Rounded up, so that the thread does not wake before the time. At most a second, which bounds the delay of a
        // deadline that the thread was not woken for.
        let now = MonotonicClock.now
        // Compared before the subtraction, which could overflow.
        let milliseconds = time <= now ? 0 : min(1000, (time - now).addingSaturated(999_999) / 1_000_000)
        let count = systemPoll(&descriptors, Int32(milliseconds))
        guard count > 0 else { return 0 }
        if descriptors[0].revents != 0 { pipe.drain() }
        return Int32(descriptors[1].revents)
    }
}

/// Calls `poll`, whose name a method of the loop hides.
private func systemPoll(_ descriptors: inout [pollfd], _ milliseconds: Int32) -> Int32 {
    poll(&descriptors, nfds_t(descriptors.count), milliseconds)
}

extension RedisError {
    fileprivate var isCredential: Bool {
        if case .refused(_, let isCredential) = self { isCredential } else { false }
    }
}
