// SPDX-License-Identifier: Apache-2.0

import RedisClient
import Testing

/// The queue of commands, without a clock and a socket.
@Suite("Command queue")
struct CommandQueueTests {
    private typealias Queue = CommandQueue<Int>

    private func command(_ size: Int = 1) -> RedisCommand {
        RedisCommand(.bytes([UInt8](repeating: 0x78, count: size)))
    }

    // A mutating call cannot be within `#expect`.
    private func add(_ queue: inout Queue, _ command: RedisCommand, for waiter: Int, deadline: Int64) -> Bool {
        queue.enqueue(command, for: waiter, deadline: deadline)
    }

    private func add(_ queue: inout Queue, _ commands: [RedisCommand], for waiter: Int, deadline: Int64) -> Bool {
        queue.enqueue(commands, for: waiter, deadline: deadline)
    }

    private func expire(_ queue: inout Queue, now: Int64) -> [Int] { queue.expire(now: now) }

    private func removeAll(_ queue: inout Queue) -> [(waiter: Int, mayHaveRun: Bool)] { queue.removeAll() }

    private func takeAll(_ queue: inout Queue, _ count: Int) -> (waiters: [Int?], isInStep: Bool) {
        var waiters: [Int?] = []
        let isInStep = queue.takeReplies(count) { _, waiter in waiters.append(waiter) }
        return (waiters, isInStep)
    }

    /// Writes output with a limit of bytes at a time, and returns the written bytes.
    @discardableResult
    private func write(_ queue: inout Queue, upTo limit: Int = .max, now: Int64 = 0, pieces: Int = .max) -> [UInt8] {
        var (bytes, pieces) = ([UInt8](), pieces)
        while pieces > 0, let (piece, position) = queue.nextOutput() {
            let part = piece[position...].prefix(limit)
            bytes += part
            queue.wrote(part.count, now: now)
            pieces -= 1
        }
        return bytes
    }

    @Test func `replies belong to commands in their order`() {
        var queue = Queue()
        for number in 0..<100 { #expect(add(&queue, command(), for: number, deadline: 10)) }
        write(&queue)
        let (first, isInStep) = takeAll(&queue, 40)
        #expect(first == Array(0..<40) && isInStep)
        #expect(takeAll(&queue, 60).waiters == Array(40..<100))
        #expect(queue.count == 0)
    }

    @Test(arguments: [1, 7, 32_768, Int.max])
    func `commands of any size are written in their order`(limit: Int) {
        var queue = Queue()
        var expected: [UInt8] = []
        var written: [UInt8] = []
        for (number, size) in [1, 40_000, 3, 32_000, 800, 70_000, 2, 2].enumerated() {
            let command = command(size)
            expected += command.bytes
            #expect(add(&queue, command, for: number, deadline: 10))
            // A part is written before the next command is added.
            written += write(&queue, upTo: limit, pieces: 1)
        }
        written += write(&queue, upTo: limit)
        #expect(written == expected)
        #expect(!queue.hasOutput && queue.unwrittenBytes == 0)
        #expect(takeAll(&queue, 8).waiters == Array(0..<8))
    }

    @Test func `a command without a waiter keeps its slot`() {
        var queue = Queue()
        for number in 0..<4 { #expect(add(&queue, command(), for: number, deadline: number == 1 ? 5 : 20)) }
        write(&queue)
        #expect(expire(&queue, now: 4).isEmpty)
        #expect(expire(&queue, now: 5) == [1])
        #expect(expire(&queue, now: 6).isEmpty)
        #expect(takeAll(&queue, 4).waiters == [0, nil, 2, 3])
    }

    @Test func `a reply to an unwritten command is out of step`() {
        var queue = Queue()
        #expect(!takeAll(&queue, 1).isInStep)
        #expect(add(&queue, command(100), for: 1, deadline: 10))
        #expect(!takeAll(&queue, 1).isInStep, "not written yet")
        write(&queue, upTo: 50, pieces: 1)
        #expect(!takeAll(&queue, 1).isInStep, "half of it is written")
        write(&queue)
        let (waiters, isInStep) = takeAll(&queue, 2)
        #expect(waiters == [1] && !isInStep)
    }

    @Test func `a waiter gets a reply to each of its commands`() {
        var queue = Queue()
        #expect(add(&queue, [command(), command(), command()], for: 7, deadline: 10))
        write(&queue)
        #expect(takeAll(&queue, 3).waiters == [7, 7, 7])
    }

    @Test func `the number of commands without a reply is bounded`() {
        var queue = Queue(limits: .init(commands: 3))
        for number in 0..<3 { #expect(add(&queue, command(), for: number, deadline: 10)) }
        #expect(!add(&queue, command(), for: 3, deadline: 10))
        #expect(!add(&queue, [command()], for: 3, deadline: 10))
        write(&queue)
        #expect(!add(&queue, command(), for: 3, deadline: 10), "written, but not answered")
        _ = queue.expire(now: 10)
        #expect(!add(&queue, command(), for: 3, deadline: 20), "without a waiter, but not answered")
        #expect(takeAll(&queue, 1).isInStep)
        #expect(!add(&queue, [command(), command()], for: 3, deadline: 20))
        #expect(add(&queue, command(), for: 3, deadline: 20))
    }

    @Test func `an empty queue accepts more commands than its limit`() {
        var queue = Queue(limits: .init(commands: 1))
        #expect(add(&queue, [command(), command()], for: 1, deadline: 10))
        #expect(!add(&queue, command(), for: 2, deadline: 10))
        write(&queue)
        #expect(takeAll(&queue, 2).waiters == [1, 1])
        #expect(add(&queue, command(), for: 2, deadline: 10))
    }

    @Test func `the number of unwritten bytes is bounded`() {
        var queue = Queue(limits: .init(bytes: 1000))
        #expect(add(&queue, command(5000), for: 1, deadline: 10))
        #expect(!add(&queue, command(1), for: 2, deadline: 10))
        write(&queue)
        #expect(add(&queue, command(500), for: 2, deadline: 10))
        #expect(!add(&queue, command(500), for: 3, deadline: 10))
    }

    @Test func `waits time out at their deadlines in any order`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("deadlines: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        var queue = Queue()
        var deadlines: [Int64] = []
        for number in 0..<500 {
            deadlines.append(Int64.random(in: 0..<1000, using: &random))
            #expect(add(&queue, command(), for: number, deadline: deadlines[number]))
        }
        var expired: Set<Int> = []
        for now in stride(from: Int64(0), through: 1000, by: 37) {
            let open = deadlines.indices.filter { !expired.contains($0) }
            #expect(queue.nextDeadline(liveness: .max) <= open.map { deadlines[$0] }.min() ?? .max, "seed \(seed)")
            expired.formUnion(queue.expire(now: now))
            #expect(expired == Set(deadlines.indices.filter { deadlines[$0] <= now }), "seed \(seed)")
        }
        #expect(queue.nextDeadline(liveness: .max) == .max)
        #expect(queue.count == 500)
    }

    @Test func `a server that owes a reply and sends nothing is dead`() {
        var queue = Queue()
        #expect(!queue.isDead(now: .max, liveness: 1), "no command was added")
        #expect(add(&queue, command(), for: 1, deadline: .max))
        #expect(!queue.isDead(now: .max, liveness: 1), "nothing was written")
        write(&queue, now: 100)
        #expect(queue.nextDeadline(liveness: 50) == 150)
        #expect(!queue.isDead(now: 149, liveness: 50))
        #expect(queue.isDead(now: 150, liveness: 50))
        // Written bytes do not show that the server is alive, but received ones do.
        #expect(add(&queue, command(), for: 2, deadline: .max))
        write(&queue, now: 140)
        #expect(queue.isDead(now: 150, liveness: 50))
        queue.received(now: 145)
        #expect(!queue.isDead(now: 194, liveness: 50))
        #expect(takeAll(&queue, 2).isInStep)
        #expect(!queue.isDead(now: .max, liveness: 50))
        #expect(queue.nextDeadline(liveness: 50) == .max)
    }

    @Test func `a server that stops reading a command is dead`() {
        var queue = Queue()
        #expect(add(&queue, command(1000), for: 1, deadline: .max))
        write(&queue, upTo: 100, now: 100, pieces: 1)
        #expect(queue.nextDeadline(liveness: 50) == 150)
        #expect(queue.isDead(now: 150, liveness: 50))
        // A server that reads slowly is alive.
        write(&queue, upTo: 100, now: 140, pieces: 1)
        #expect(!queue.isDead(now: 189, liveness: 50))
        #expect(queue.isDead(now: 190, liveness: 50))
        write(&queue, now: 180)
        #expect(!queue.isDead(now: 229, liveness: 50))
        #expect(takeAll(&queue, 1).isInStep)
        #expect(!queue.isDead(now: .max, liveness: 50))
        // A new command after an idle period starts the timeout again.
        #expect(add(&queue, command(), for: 2, deadline: .max))
        #expect(!queue.isDead(now: 1_000_000, liveness: 50))
    }

    @Test func `a lost connection tells which commands may have run`() {
        var queue = Queue()
        for number in 0..<5 { #expect(add(&queue, command(40_000), for: number, deadline: number == 1 ? 1 : 10)) }
        write(&queue, pieces: 2)
        write(&queue, upTo: 100, pieces: 1)
        _ = queue.expire(now: 1)
        let ended = queue.removeAll()
        #expect(ended.map(\.waiter) == [0, 2, 3, 4])
        #expect(ended.map(\.mayHaveRun) == [true, true, false, false])
        #expect(queue.count == 0 && !queue.hasOutput && queue.unwrittenBytes == 0)
        #expect(removeAll(&queue).isEmpty)
        // The queue can be used again.
        #expect(add(&queue, command(), for: 9, deadline: 10))
        #expect(write(&queue) == command().bytes)
        #expect(takeAll(&queue, 1).waiters == [9])
    }

    @Test func `an unwritten command after answered ones did not run`() {
        var queue = Queue()
        #expect(add(&queue, command(), for: 1, deadline: 10))
        write(&queue)
        #expect(takeAll(&queue, 1).isInStep)
        #expect(add(&queue, command(), for: 2, deadline: 10))
        #expect(removeAll(&queue).map(\.mayHaveRun) == [false])
    }
}
