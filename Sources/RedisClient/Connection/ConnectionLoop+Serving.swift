// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Serving: commands and replies on an established connection.
extension ConnectionLoop {
    /// Writes commands and delivers replies until the connection is lost.
    ///
    /// - Throws: The reason, which is ``RedisError/shutDown`` when the client was closed.
    func serve(_ channel: any Channel) throws(RedisError) -> Never {
        var parser = RESPParser(limits: settings.limits)
        var replies: [RESPValue] = []
        var lastActivity = MonotonicClock.now
        var drainDeadline: Int64?
        let idleInterval = settings.idleInterval > .zero ? settings.idleInterval.nanoseconds : .max
        while true {
            let isBlocked = try writeAll(to: channel)
            let (next, isClosed, isDead) = engine.tick(
                liveness: settings.livenessTimeout.nanoseconds,
                sleeps: true
            )
            if isClosed { throw .shutDown }
            let now = MonotonicClock.now
            if isDead {
                throw .connectionLost("the server sent nothing for \(settings.livenessTimeout)", mayHaveRun: true)
            }
            if let end = drainDeadline, now >= end || engine.isQueueEmpty {
                throw .connectionLost(
                    "the server became read-only or lost the authentication, and is being replaced",
                    mayHaveRun: true
                )
            }
            if now - lastActivity >= idleInterval {
                lastActivity = now
                if engine.pingIfIdle(until: now.addingSaturated(settings.livenessTimeout.nanoseconds)) { continue }
            }
            let wantsToWrite = isBlocked || channel.wantsToWrite
            if engine.hasOutput, !wantsToWrite { continue }
            let idle = lastActivity.addingSaturated(idleInterval)
            let time = channel.mayHaveBufferedInput ? now : min(next, idle, drainDeadline ?? .max)
            // Replies are read also while writing is blocked; otherwise client and server could wait for each other.
            let events = poll(channel.socket, events: POLLIN | (wantsToWrite ? POLLOUT : 0), until: time)
            guard channel.mayHaveBufferedInput || events & ~POLLOUT != 0 else { continue }
            lastActivity = MonotonicClock.now
            try readAll(from: channel, &parser, &replies)
            if replies.isEmpty {
                // A part of a large reply shows that the server is alive.
                engine.received(now: lastActivity)
            } else {
                let mustReplace = try engine.deliver(&replies, using: &deliveries, now: lastActivity)
                if mustReplace, drainDeadline == nil, reconnectPolicy.shouldReplace(now: lastActivity) {
                    drainDeadline = lastActivity.addingSaturated(settings.timeout.nanoseconds)
                    engine.drain()
                }
            }
        }
    }

    /// Writes all output, and returns whether the socket is blocked.
    private func writeAll(to channel: any Channel) throws(RedisError) -> Bool {
        if channel.wantsToWrite {
            try channel.flush()
            if channel.wantsToWrite { return true }
        }
        while let (count, isBlocked) = try writeChunk(to: channel) {
            engine.wrote(count)
            if isBlocked { return true }
        }
        return false
    }

    /// Writes one chunk, and releases it before the queue records the write, so that the queue can reuse its memory.
    private func writeChunk(to channel: any Channel) throws(RedisError) -> (Int, isBlocked: Bool)? {
        guard let (bytes, position) = engine.nextOutput() else { return nil }
        guard case .bytes(let count) = try channel.write(bytes, from: position) else { return (0, true) }
        return (count, channel.wantsToWrite)
    }

    /// Reads available bytes, with a limit, so that commands are written in between.
    private func readAll(
        from channel: any Channel,
        _ parser: inout RESPParser,
        _ replies: inout [RESPValue]
    ) throws(RedisError) {
        for _ in 0..<8 {
            let outcome: Socket.Outcome
            do throws(RedisError) {
                outcome = try channel.read(into: buffer)
            } catch {
                // Delivers replies from before the end: the last one may explain it.
                if !replies.isEmpty { _ = try engine.deliver(&replies, using: &deliveries, now: MonotonicClock.now) }
                throw error
            }
            guard case .bytes(let count) = outcome else { return }
            try parser.parse(part: UnsafeRawBufferPointer(rebasing: buffer[..<count])) { value in
                // The client subscribes to nothing, so out-of-band messages are dropped.
                if case .push = value { return }
                replies.append(value)
            }
            if count < buffer.count { return }
        }
    }
}

extension ConnectionEngine {
    var hasOutput: Bool { state.withLock { $0.queue.hasOutput } }

    var isQueueEmpty: Bool { state.withLock { $0.queue.count == 0 } }

    func nextOutput() -> (bytes: [UInt8], position: Int)? {
        state.withLock { state in
            let output = state.queue.nextOutput()
            if output != nil { state.isAsleep = false }
            return output
        }
    }

    func wrote(_ count: Int) {
        let now = MonotonicClock.now
        state.withLock { $0.queue.wrote(count, now: now) }
    }

    /// Records that bytes were received that complete no reply.
    func received(now: Int64) { state.withLock { $0.queue.received(now: now) } }

    /// Sends a `PING` without a waiter, and returns false if a command is pending, which checks the connection as well.
    func pingIfIdle(until deadline: Int64) -> Bool {
        state.withLock { state in
            state.queue.count == 0 && state.queue.enqueue(RedisCommand("PING"), for: nil, deadline: deadline)
        }
    }

    /// Refuses further commands, until the connection is replaced.
    func drain() { state.withLock { $0.isDraining = true } }

    /// Delivers replies to their waiters.
    ///
    /// - Parameters:
    ///   - replies: The replies, which are removed.
    ///   - deliveries: An empty array whose memory is reused.
    ///   - now: The time at which the replies were received.
    /// - Returns: Whether a reply says that the server is read-only, or that the connection is not authenticated.
    /// - Throws: ``RedisError/connectionLost(_:mayHaveRun:)`` when there are more replies than commands.
    func deliver(
        _ replies: inout [RESPValue],
        using deliveries: inout [(PendingReply, Int)],
        now: Int64
    ) throws(RedisError) -> Bool {
        let count = replies.count
        let isInStep = state.withLock { state in
            state.isAsleep = false
            state.queue.received(now: now)
            return state.queue.takeReplies(count) { index, waiter in
                if let waiter { deliveries.append((waiter, index)) }
            }
        }
        var mustReplace = false
        for (waiter, index) in deliveries { waiter.receive(replies[index]) }
        deliveries.removeAll(keepingCapacity: true)
        for case .error(let error) in replies where error.code == "READONLY" || error.code == "NOAUTH" {
            mustReplace = true
        }
        replies.removeAll(keepingCapacity: true)
        guard isInStep else {
            throw .connectionLost("the server sent a reply without a command", mayHaveRun: true)
        }
        return mustReplace
    }
}
