// SPDX-License-Identifier: Apache-2.0

import RedisClient
import Testing

/// Commands whose connection was lost.
@Suite("Commands of a lost connection")
struct LostCommandTests {
    private let command = RedisCommand("PING")

    private func queue(of waiters: ClosedRange<Int>) -> CommandQueue<Int> {
        var queue = CommandQueue<Int>()
        for waiter in waiters { _ = queue.enqueue(command, for: waiter, deadline: .max) }
        return queue
    }

    @Test func `an unwritten command did not run`() {
        var queue = queue(of: 1...1)
        _ = queue.nextOutput()
        queue.wrote(command.bytes.count, now: 0)
        let isInStep = queue.takeReplies(1) { _, _ in }
        #expect(isInStep)
        for waiter in 2...3 { _ = queue.enqueue(command, for: waiter, deadline: .max) }
        let lost = queue.removeAll()
        #expect(lost.map(\.waiter) == [2, 3])
        #expect(lost.map(\.mayHaveRun) == [false, false])
    }

    @Test func `a partly written command may have run`() {
        var queue = queue(of: 1...3)
        _ = queue.nextOutput()
        queue.wrote(command.bytes.count + 1, now: 0)
        let lost = queue.removeAll()
        #expect(lost.map(\.mayHaveRun) == [true, true, false])
    }
}
