// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A proxy in front of a server that injects faults into connections.
///
/// Its thread owns all sockets. The change of a method has taken effect when the method returns. The proxy ends with
/// ``stop()`` or with its last reference.
package final class FaultProxy: Sendable {
    private struct Mailbox {
        var orders: [@Sendable (inout ProxyLoop) -> Void] = []
        var isStopping = false
        var thread: SystemThread?
        var last = Statistics()
        var lastRecords: [[UInt8]] = []
    }

    /// The port that clients connect to.
    package let port: Int

    private let mailbox: Box
    private let wake: Int32

    /// The state that the thread and the proxy share, because the thread must not retain the proxy.
    private final class Box: Sendable {
        let mailbox = Mutex(Mailbox())
    }

    /// Starts a proxy in front of a server.
    package init(to upstream: Endpoint) throws {
        let (ours, theirs) = try Sockets.pair()
        let loop: ProxyLoop
        do {
            loop = try ProxyLoop(upstream: upstream)
        } catch {
            Sockets.close(ours)
            Sockets.close(theirs)
            throw error
        }
        let box = Box()
        mailbox = box
        wake = ours
        port = loop.port
        do {
            let thread = try SystemThread { Self.run(loop, box, wake: theirs) }
            box.mailbox.withLock { $0.thread = thread }
        } catch {
            Sockets.close(theirs)
            Sockets.close(ours)
            var loop = loop
            loop.stop()
            throw error
        }
    }

    deinit {
        stop()
        Sockets.close(wake)
    }

    package var endpoint: Endpoint { .port(port) }

    /// The address for a client of a server without a password.
    package var url: String { "redis://127.0.0.1:\(port)" }

    /// The current counts, or the last ones of a stopped proxy.
    package var statistics: Statistics {
        onLoop { $0.statistics } ?? mailbox.mailbox.withLock(\.last)
    }

    /// The bytes that clients have sent, at most 1 MiB of each connection, in the order of connections.
    package var recordedBytes: [[UInt8]] {
        onLoop { $0.records } ?? mailbox.mailbox.withLock(\.lastRecords)
    }

    /// Changes the treatment of the bytes of a direction, on current and future connections.
    ///
    /// Bytes that were read before keep their treatment.
    package func set(_ behavior: Behavior, for direction: Direction) {
        _ = onLoop { $0.set(behavior, for: direction) }
    }

    /// Changes the treatment of the bytes of both directions.
    package func set(_ behavior: Behavior) {
        for direction in Direction.allCases { set(behavior, for: direction) }
    }

    /// Refuses new connections, or accepts them again.
    ///
    /// Open connections stay open.
    package func refuseConnections(_ refuses: Bool = true) throws {
        try onLoop { loop in Result { try loop.refuse(refuses) } }?.get()
    }

    /// Closes all connections; new ones are accepted.
    package func closeConnections() { _ = onLoop { $0.endConnections(.cut) } }

    /// Resets all connections; new ones are accepted.
    package func resetConnections() { _ = onLoop { $0.endConnections(.reset) } }

    /// Shuts one direction of all connections down; the other direction stays open.
    package func halfClose(_ direction: Direction) { _ = onLoop { $0.endWriting(direction) } }

    /// Waits until clients have made a number of connections in total.
    package func waitForConnections(_ count: Int, within limit: Duration = .seconds(60)) async throws {
        try await Waiting.until(within: limit, "\(count) connections") { self.statistics.connections >= count }
    }

    /// Waits until a number of connections are open.
    package func waitForOpenConnections(_ count: Int, within limit: Duration = .seconds(60)) async throws {
        try await Waiting.until(within: limit, "\(count) open connections") { self.statistics.openConnections == count }
    }

    /// Closes everything and waits for the thread to end.
    package func stop() {
        let thread = mailbox.mailbox.withLock { mailbox in
            mailbox.isStopping = true
            return mailbox.thread.take()
        }
        _ = Sockets.send(wake, [0])
        thread?.join()
    }

    /// Runs a closure on the thread of the proxy, and returns its result; nil when the proxy has stopped.
    private func onLoop<Output: Sendable>(_ body: @escaping @Sendable (inout ProxyLoop) -> Output) -> Output? {
        let result = BlockingResult<Output>()
        let isRunning = mailbox.mailbox.withLock { mailbox in
            guard !mailbox.isStopping else { return false }
            mailbox.orders.append { loop in result.complete(body(&loop)) }
            return true
        }
        guard isRunning else { return nil }
        _ = Sockets.send(wake, [0])
        // The thread runs the orders from before the end.
        return result.wait()
    }

    private static func run(_ loop: ProxyLoop, _ box: Box, wake: Int32) {
        var loop = loop
        while true {
            let (orders, isStopping) = box.mailbox.withLock { mailbox in
                defer { mailbox.orders = [] }
                return (mailbox.orders, mailbox.isStopping)
            }
            for order in orders { order(&loop) }
            if isStopping { break }
            loop.turn(wake: wake)
        }
        loop.stop()
        let (last, records) = (loop.statistics, loop.records)
        box.mailbox.withLock { ($0.last, $0.lastRecords) = (last, records) }
        Sockets.close(wake)
    }
}
