// SPDX-License-Identifier: Apache-2.0

/// The commands of a connection, in the order of their replies: what is still to be written, and what was not answered.
///
/// A reply belongs to the oldest command. So a command that nobody waits for any more keeps its place until its reply
/// was received: taking it out would hand every later reply to the wrong caller.
///
/// Times are in nanoseconds, of any clock that does not run backwards.
package struct CommandQueue<Ticket> {
    /// The bounds of what may wait.
    package struct Limits: Sendable, Hashable {
        package var commands = 16_384
        package var bytes = 64 << 20

        package init(commands: Int = 16_384, bytes: Int = 64 << 20) {
            self.commands = commands
            self.bytes = bytes
        }
    }

    private struct Slot {
        /// The caller that waits for the reply; nil when there is none any more.
        var ticket: Ticket?
        /// The place in the stream of bytes where the command ends.
        let end: UInt64
        let deadline: Int64
    }

    private let limits: Limits
    private var slots = Ring<Slot>()
    /// The pieces that are written one after the other.
    private var output = Ring<[UInt8]>()
    /// The piece that small commands are joined to.
    private var tail: [UInt8] = []
    /// Memory of a piece that was written.
    private var spare: [UInt8] = []
    /// How much of the first piece of output was written.
    private var position = 0
    private var enqueuedBytes: UInt64 = 0
    private var writtenBytes: UInt64 = 0
    /// The place in the stream of bytes where the last command ends whose reply was received.
    private var answeredBytes: UInt64 = 0
    /// Since when the server owes bytes and has sent none, or has taken none of a command that it has the beginning of.
    private var quietSince: Int64 = 0
    /// No deadline is earlier.
    private var earliestDeadline = Int64.max

    /// Small commands are joined to pieces of this size, so that they are written together.
    private static var pieceSize: Int { 32_768 }

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// The number of commands without a reply.
    package var count: Int { slots.count }

    /// The number of bytes that are to be written.
    package var unwrittenBytes: Int { Int(enqueuedBytes - writtenBytes) }

    package var hasOutput: Bool { !output.isEmpty || !tail.isEmpty }

    /// Adds commands that are written and answered one after the other.
    ///
    /// - Parameters:
    ///   - commands: The commands.
    ///   - ticket: The one who waits; it gets one reply for each command. Nil when nobody does.
    ///   - deadline: The time until which it waits.
    /// - Returns: Whether they were added: not when there are too many already.
    package mutating func enqueue(_ commands: [RedisCommand], for ticket: Ticket?, deadline: Int64) -> Bool {
        let bytes = commands.reduce(0) { $0 + $1.bytes.count }
        guard fits(commands.count, bytes) else { return false }
        for command in commands { append(command, ticket, deadline) }
        return true
    }

    /// Adds a command.
    package mutating func enqueue(_ command: RedisCommand, for ticket: Ticket?, deadline: Int64) -> Bool {
        guard fits(1, command.bytes.count) else { return false }
        append(command, ticket, deadline)
        return true
    }

    /// While nothing else waits, commands may be as many and as large as they like, or some could never be sent.
    private func fits(_ commands: Int, _ bytes: Int) -> Bool {
        (slots.isEmpty || slots.count + commands <= limits.commands)
            && (unwrittenBytes == 0 || unwrittenBytes + bytes <= limits.bytes)
    }

    private mutating func append(_ command: RedisCommand, _ ticket: Ticket?, _ deadline: Int64) {
        enqueuedBytes += UInt64(command.bytes.count)
        slots.append(Slot(ticket: ticket, end: enqueuedBytes, deadline: deadline))
        earliestDeadline = min(earliestDeadline, deadline)
        if command.bytes.count >= Self.pieceSize {
            seal()
            output.append(command.bytes)
        } else {
            tail.append(contentsOf: command.bytes)
            if tail.count >= Self.pieceSize { seal() }
        }
    }

    /// Closes the piece that commands are joined to.
    private mutating func seal() {
        guard !tail.isEmpty else { return }
        output.append(tail)
        tail = spare
        spare = []
    }

    /// Returns the bytes to write next, and how many of them were written already; nil when there are none.
    ///
    /// They stay as they are until ``wrote(_:now:)`` was called.
    package mutating func nextOutput() -> (bytes: [UInt8], position: Int)? {
        if output.isEmpty { seal() }
        return output.first.map { ($0, position) }
    }

    /// Notes that so many bytes were written of what ``nextOutput()`` returned.
    package mutating func wrote(_ count: Int, now: Int64) {
        guard count > 0, let size = output.first?.count else { return }
        if !isAnswerOwed { quietSince = now }
        writtenBytes += UInt64(count)
        position += count
        guard position == size else { return }
        finishPiece()
    }

    private mutating func finishPiece() {
        position = 0
        guard var piece = output.removeFirst(), piece.capacity < 2 * Self.pieceSize else { return }
        piece.removeAll(keepingCapacity: true)
        spare = piece
    }

    /// Whether a command was written of which the reply is not there.
    private var isAnswerOwed: Bool { slots.first.map { $0.end <= writtenBytes } ?? false }

    /// Whether the server has a command, or the beginning of one, of which the reply is not there.
    private var isServerBusy: Bool { !slots.isEmpty && writtenBytes > answeredBytes }

    /// Notes that bytes arrived.
    package mutating func received(now: Int64) { quietSince = now }

    /// Takes the tickets of the next replies; nil stands for a command that nobody waits for.
    ///
    /// - Returns: Whether there were as many commands that were written: if not, the server is out of step.
    package mutating func takeReplies(_ count: Int, _ take: (Int, Ticket?) -> Void) -> Bool {
        for index in 0..<count {
            guard isAnswerOwed, let slot = slots.removeFirst() else { return false }
            answeredBytes = slot.end
            take(index, slot.ticket)
        }
        if slots.isEmpty { earliestDeadline = .max }
        return true
    }

    /// The time at which ``expire(now:)`` has something to do; never before there is.
    package func nextAlarm(liveness: Int64) -> Int64 {
        min(earliestDeadline, isServerBusy ? quietSince.addingSaturated(liveness) : .max)
    }

    /// Whether the server owes an answer and has sent nothing for that long, or has stopped to read a command for that
    /// long.
    package func isDead(now: Int64, liveness: Int64) -> Bool {
        isServerBusy && now - quietSince >= liveness
    }

    /// Takes the tickets whose deadline has passed; their commands keep their places.
    ///
    /// - Complexity: O(commands), when the earliest deadline has passed.
    package mutating func expire(now: Int64) -> [Ticket] {
        guard earliestDeadline <= now else { return [] }
        var expired: [Ticket] = []
        var earliest = Int64.max
        slots.modifyEach { slot in
            guard let ticket = slot.ticket else { return }
            if slot.deadline <= now {
                expired.append(ticket)
                slot.ticket = nil
            } else {
                earliest = min(earliest, slot.deadline)
            }
        }
        earliestDeadline = earliest
        return expired
    }

    /// Takes all tickets and forgets everything: the connection is gone.
    ///
    /// - Returns: Each ticket with whether its command may have been executed.
    package mutating func removeAll() -> [(ticket: Ticket, mayHaveRun: Bool)] {
        var tickets: [(Ticket, Bool)] = []
        var start = answeredBytes
        while let slot = slots.removeFirst() {
            if let ticket = slot.ticket { tickets.append((ticket, start < writtenBytes)) }
            start = slot.end
        }
        self = CommandQueue(limits: limits)
        return tickets
    }
}

extension Int64 {
    func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
