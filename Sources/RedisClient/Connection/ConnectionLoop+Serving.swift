// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A connection that takes commands.
extension ConnectionLoop {
    /// Writes commands and hands out replies until the connection is lost.
    ///
    /// - Throws: The reason; ``RedisError/shutDown`` when the client was closed.
    func serve(_ channel: any Channel) throws(RedisError) -> Never {
        var parser = RESPParser(limits: settings.limits)
        var replies: [RESPValue] = []
        var lastActivity = MonotonicClock.now
        var drainsUntil: Int64?
        while true {
            let isBlocked = try writeAll(to: channel)
            let (next, isClosed, isDead) = engine.tick(
                liveness: settings.livenessTimeout.nanoseconds,
                sleeps: true
            )
            if isClosed { throw .shutDown }
            let now = MonotonicClock.now
            if isDead {
                throw .connectionLost("the server was silent for \(settings.livenessTimeout)", mayHaveRun: true)
            }
            if let end = drainsUntil, now >= end || engine.isQueueEmpty {
                throw .connectionLost("the server is another one than it was", mayHaveRun: true)
            }
            if now - lastActivity >= settings.idleInterval.nanoseconds {
                lastActivity = now
                engine.ping(until: now.addingSaturated(settings.livenessTimeout.nanoseconds))
                continue
            }
            let wantsToWrite = isBlocked || channel.wantsToWrite
            if engine.hasOutput, !wantsToWrite { continue }
            let idle = lastActivity.addingSaturated(settings.idleInterval.nanoseconds)
            let time = channel.mayHoldInput ? now : min(next, idle, drainsUntil ?? .max)
            // Whatever is blocked: what the server sends is read, or both would wait for each other.
            let events = poll(channel.socket, events: POLLIN | (wantsToWrite ? POLLOUT : 0), until: time)
            guard channel.mayHoldInput || events & ~POLLOUT != 0 else { continue }
            lastActivity = MonotonicClock.now
            try readAll(from: channel, &parser, &replies)
            if replies.isEmpty {
                // A part of a reply: a large one that takes its time is no silence.
                engine.received(now: lastActivity)
            } else {
                let isStale = try engine.hand(out: &replies, to: &waiting, now: lastActivity)
                if isStale, drainsUntil == nil, supervisor.shouldReplace(now: lastActivity) {
                    drainsUntil = lastActivity.addingSaturated(settings.timeout.nanoseconds)
                    engine.drain()
                }
            }
        }
    }

    /// Writes what waits; returns whether the socket takes no more.
    private func writeAll(to channel: any Channel) throws(RedisError) -> Bool {
        if channel.wantsToWrite {
            try channel.flush()
            if channel.wantsToWrite { return true }
        }
        while let (count, isBlocked) = try writePiece(to: channel) {
            engine.wrote(count)
            if isBlocked { return true }
        }
        return false
    }

    /// The piece is let go of before the queue hears that it was written, so that its memory can be used again.
    private func writePiece(to channel: any Channel) throws(RedisError) -> (Int, isBlocked: Bool)? {
        guard let (bytes, position) = engine.nextOutput() else { return nil }
        guard case .bytes(let count) = try channel.write(bytes, from: position) else { return (0, true) }
        return (count, channel.wantsToWrite)
    }

    /// Reads what there is, within bounds, so that writing has its turn too.
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
                // What came before the end is worth having: the last reply may say why it ended.
                if !replies.isEmpty { _ = try engine.hand(out: &replies, to: &waiting, now: MonotonicClock.now) }
                throw error
            }
            guard case .bytes(let count) = outcome else { return }
            try parser.parse(part: UnsafeRawBufferPointer(rebasing: buffer[..<count])) { value in
                // Nothing is subscribed to, so that no message is waited for.
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

    /// Notes that bytes arrived that complete no reply.
    func received(now: Int64) { state.withLock { $0.queue.received(now: now) } }

    /// Sends a command that nobody waits for.
    func ping(until deadline: Int64) {
        _ = state.withLock { $0.queue.enqueue(RedisCommand("PING"), for: nil, deadline: deadline) }
    }

    /// Takes no more commands.
    func drain() { state.withLock { $0.isDraining = true } }

    /// Gives replies to those who wait for them.
    ///
    /// - Parameters:
    ///   - replies: The replies; none are left.
    ///   - waiting: Memory to work with, which is empty.
    ///   - now: The time at which they arrived.
    /// - Returns: Whether the server says that it takes no writes, or does not know the user any more.
    /// - Throws: ``RedisError/connectionLost(_:mayHaveRun:)`` when there are more replies than commands.
    func hand(
        out replies: inout [RESPValue],
        to waiting: inout [(PendingReply, Int)],
        now: Int64
    ) throws(RedisError) -> Bool {
        let count = replies.count
        let isInStep = state.withLock { state in
            state.isAsleep = false
            state.queue.received(now: now)
            return state.queue.takeReplies(count) { index, ticket in
                if let ticket { waiting.append((ticket, index)) }
            }
        }
        var isStale = false
        for (ticket, index) in waiting { ticket.receive(replies[index]) }
        waiting.removeAll(keepingCapacity: true)
        for case .error(let error) in replies where error.code == "READONLY" || error.code == "NOAUTH" {
            isStale = true
        }
        replies.removeAll(keepingCapacity: true)
        guard isInStep else {
            throw .connectionLost("the server sent a reply without a command", mayHaveRun: true)
        }
        return isStale
    }
}
