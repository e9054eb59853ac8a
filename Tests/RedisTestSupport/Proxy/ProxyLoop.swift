// SPDX-License-Identifier: Apache-2.0

/// The state of the thread of a proxy, which no other thread accesses.
struct ProxyLoop {
    let upstream: Endpoint
    let port: Int
    /// A bound socket that does not listen, and reserves the port while connections are refused.
    private let keeper: Int32
    private var listener: Int32?
    private var connections: [Int: ProxyConnection] = [:]
    private var finished: [Int: [UInt8]] = [:]
    private var counts = FaultProxy.Statistics()
    private var behaviors: [FaultProxy.Direction: FaultProxy.Behavior] = [.toServer: .pass, .toClient: .pass]

    init(upstream: Endpoint) throws {
        self.upstream = upstream
        (keeper, port) = try Sockets.bind(isShared: true)
        do {
            listener = try Self.listen(port)
        } catch {
            Sockets.close(keeper)
            throw error
        }
    }

    private static func listen(_ port: Int) throws -> Int32 {
        let (listener, _) = try Sockets.bind(port: port, isShared: true)
        do {
            try Sockets.listen(listener)
        } catch {
            Sockets.close(listener)
            throw error
        }
        return listener
    }

    var statistics: FaultProxy.Statistics {
        var statistics = counts
        statistics.openConnections = connections.count
        return statistics
    }

    /// The bytes that each client has sent, in the order of connections.
    var records: [[UInt8]] {
        let all = finished.merging(connections.mapValues(\.record)) { first, _ in first }
        return all.sorted { $0.key < $1.key }.map(\.value)
    }

    mutating func set(_ behavior: FaultProxy.Behavior, for direction: FaultProxy.Direction) {
        behaviors[direction] = behavior
        for number in connections.keys { connections[number]?.set(behavior, for: direction) }
    }

    mutating func refuse(_ refuses: Bool) throws {
        if refuses {
            if let listener = listener.take() { Sockets.close(listener) }
        } else if listener == nil {
            listener = try Self.listen(port)
        }
    }

    mutating func endConnections(_ end: ProxyPipe.Content) {
        for number in connections.keys { close(number, end) }
    }

    mutating func endWriting(_ direction: FaultProxy.Direction) {
        for number in connections.keys { connections[number]?.endWriting(direction) }
    }

    mutating func stop() {
        endConnections(.cut)
        if let listener = listener.take() { Sockets.close(listener) }
        Sockets.close(keeper)
    }

    /// Waits for events, and handles them.
    mutating func turn(wake: Int32) {
        var pollSet = PollSet()
        pollSet.add(wake, reading: true)
        if let listener { pollSet.add(listener, reading: true) }
        let before = ContinuousClock.now
        var wait = Duration.seconds(1)
        for connection in connections.values {
            if let due = connection.add(to: &pollSet, before) { wait = min(wait, due - before) }
        }
        pollSet.wait(wait)
        if pollSet.isReadable(wake) { _ = Sockets.receive(wake) }
        let now = ContinuousClock.now
        for number in connections.keys {
            if let end = connections[number]?.turn(pollSet, now, &counts) { close(number, end) }
        }
        // Last, because a new connection may reuse the number of a descriptor that was just closed.
        if let listener, pollSet.isReadable(listener) { accept(listener) }
    }

    private mutating func accept(_ listener: Int32) {
        while let client = Sockets.accept(listener) {
            counts.connections += 1
            let number = counts.connections
            guard let server = try? Sockets.connect(to: upstream) else {
                Sockets.reset(client)
                finished[number] = []
                continue
            }
            connections[number] = ProxyConnection(client: client, server: server, behaviors)
        }
    }

    private mutating func close(_ number: Int, _ end: ProxyPipe.Content) {
        guard let connection = connections.removeValue(forKey: number) else { return }
        finished[number] = connection.record
        for descriptor in [connection.client, connection.server] {
            if end == .reset { Sockets.reset(descriptor) } else { Sockets.close(descriptor) }
        }
    }
}
