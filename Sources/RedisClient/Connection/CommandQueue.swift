// SPDX-License-Identifier: Apache-2.0

/// The commands of a connection that are not written or have no reply, in the order of their replies.
///
/// A reply belongs to the oldest command. So a command without a waiter keeps its slot until its reply is received:
/// without the slot, every later reply would go to the wrong waiter.
///
/// Times are in nanoseconds of any monotonic clock.
package struct CommandQueue<Waiter> {
    /// The limits of a queue.
    package struct Limits: Sendable, Hashable {
        package var commands = 16_384
        package var bytes = 64 << 20

        package init(commands: Int = 16_384, bytes: Int = 64 << 20) {
            self.commands = commands
            self.bytes = bytes
        }
    }

    private struct Slot {
        /// The waiter for the reply; nil for none, or after it has timed out.
        var waiter: Waiter?
        /// The offset in the stream of bytes where the command ends.
        let end: UInt64
        let deadline: Int64
    }

    private let limits: Limits
    private var slots = Ring<Slot>()
    /// The chunks of bytes to write, in their order.
    private var output = Ring<[UInt8]>()
    /// The chunk that small commands are appended to.
    private var tail: [UInt8] = []
    /// The memory of a written chunk, for reuse.
    private var spare: [UInt8] = []
    /// The number of bytes of the first chunk that were written.
    private var position = 0
    private var enqueuedBytes: UInt64 = 0
    private var writtenBytes: UInt64 = 0
    /// The offset in the stream of bytes where the last command with a received reply ends.
    private var answeredBytes: UInt64 = 0
    /// The time since when a server with an outstanding reply or a partly written command has neither sent nor read.
    private var silentSince: Int64 = 0
    /// A lower bound of the deadlines.
    private var earliestDeadline = Int64.max

    /// The size of chunks: small commands are joined, so that one system call writes many.
    private static var chunkSize: Int { 32_768 }

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// The number of commands without a reply.
    package var count: Int { slots.count }

    /// The number of bytes that are not written.
    package var unwrittenBytes: Int { Int(enqueuedBytes - writtenBytes) }

    package var hasOutput: Bool { !output.isEmpty || !tail.isEmpty }

    /// Adds commands that follow each other directly.
    ///
    /// - Parameters:
    ///   - commands: The commands.
    ///   - waiter: The waiter, which gets one reply for each command; nil for none.
    ///   - deadline: The time at which the wait ends.
    /// - Returns: Whether they were added; false when the queue is full.
    package mutating func enqueue(_ commands: [RedisCommand], for waiter: Waiter?, deadline: Int64) -> Bool {
        let bytes = commands.reduce(0) { $0 + $1.bytes.count }
        guard fits(commands.count, bytes) else { return false }
        for command in commands { append(command, waiter, deadline) }
        return true
    }

    /// Adds a command.
    package mutating func enqueue(_ command: RedisCommand, for waiter: Waiter?, deadline: Int64) -> Bool {
        guard fits(1, command.bytes.count) else { return false }
        append(command, waiter, deadline)
        return true
    }

    /// An empty queue accepts commands of any number and size, because some could otherwise never be sent.
    private func fits(_ commands: Int, _ bytes: Int) -> Bool {
        (slots.isEmpty || slots.count + commands <= limits.commands)
            && (unwrittenBytes == 0 || unwrittenBytes + bytes <= limits.bytes)
    }

    private mutating func append(_ command: RedisCommand, _ waiter: Waiter?, _ deadline: Int64) {
        enqueuedBytes += UInt64(command.bytes.count)
        slots.append(Slot(waiter: waiter, end: enqueuedBytes, deadline: deadline))
        earliestDeadline = min(earliestDeadline, deadline)
        if command.bytes.count >= Self.chunkSize {
            seal()
            output.append(command.bytes)
        } else {
            tail.append(contentsOf: command.bytes)
            if tail.count >= Self.chunkSize { seal() }
        }
    }

    /// Moves the chunk that commands are appended to into the output.
    private mutating func seal() {
        guard !tail.isEmpty else { return }
        output.append(tail)
        tail = spare
        spare = []
    }

    /// Returns the chunk to write next, and the number of its bytes that were written; nil when there is none.
    ///
    /// The chunk does not change until ``wrote(_:now:)`` is called.
    package mutating func nextOutput() -> (bytes: [UInt8], position: Int)? {
        if output.isEmpty { seal() }
        return output.first.map { ($0, position) }
    }

    /// Records that a number of bytes of the chunk of ``nextOutput()`` were written.
    package mutating func wrote(_ count: Int, now: Int64) {
        guard count > 0, let size = output.first?.count else { return }
        if !isOldestWritten { silentSince = now }
        writtenBytes += UInt64(count)
        position += count
        guard position == size else { return }
        finishChunk()
    }

    private mutating func finishChunk() {
        position = 0
        guard var chunk = output.removeFirst(), chunk.capacity < 2 * Self.chunkSize else { return }
        chunk.removeAll(keepingCapacity: true)
        spare = chunk
    }

    /// Whether the oldest command was written completely.
    private var isOldestWritten: Bool { slots.first.map { $0.end <= writtenBytes } ?? false }

    /// Whether the server has received a part of a command at least, and has not replied.
    private var isReplyOutstanding: Bool { !slots.isEmpty && writtenBytes > answeredBytes }

    /// Records that bytes were received.
    package mutating func received(now: Int64) { silentSince = now }

    /// Removes the oldest commands, and passes the index and the waiter of each to a closure; nil for no waiter.
    ///
    /// - Returns: Whether there were enough written commands. If not, the server has sent a reply to no command.
    package mutating func takeReplies(_ count: Int, _ take: (Int, Waiter?) -> Void) -> Bool {
        for index in 0..<count {
            guard isOldestWritten, let slot = slots.removeFirst() else { return false }
            answeredBytes = slot.end
            take(index, slot.waiter)
        }
        if slots.isEmpty { earliestDeadline = .max }
        return true
    }

    /// Returns the time until which neither a wait nor the connection can time out.
    package func nextDeadline(liveness: Int64) -> Int64 {
        min(earliestDeadline, isReplyOutstanding ? silentSince.addingSaturated(liveness) : .max)
    }

    /// Returns whether a server with an outstanding reply has sent and read nothing for a period.
    package func isDead(now: Int64, liveness: Int64) -> Bool {
        isReplyOutstanding && now - silentSince >= liveness
    }

    /// Removes and returns the waiters whose deadline has passed; their commands keep their slots.
    ///
    /// - Complexity: O(*n*) if the earliest deadline has passed, where *n* is the number of commands; otherwise O(1).
    package mutating func expire(now: Int64) -> [Waiter] {
        guard earliestDeadline <= now else { return [] }
        var expired: [Waiter] = []
        var earliest = Int64.max
        slots.modifyEach { slot in
            guard let waiter = slot.waiter else { return }
            if slot.deadline <= now {
                expired.append(waiter)
                slot.waiter = nil
            } else {
                earliest = min(earliest, slot.deadline)
            }
        }
        earliestDeadline = earliest
        return expired
    }

    /// Removes all commands after the connection was lost.
    ///
    /// - Returns: The waiters, and for each whether the server may have run its command.
    package mutating func removeAll() -> [(waiter: Waiter, mayHaveRun: Bool)] {
        var waiters: [(Waiter, Bool)] = []
        var start = answeredBytes
        while let slot = slots.removeFirst() {
            if let waiter = slot.waiter { waiters.append((waiter, start < writtenBytes)) }
            start = slot.end
        }
        self = CommandQueue(limits: limits)
        return waiters
    }
}

extension Int64 {
    func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
