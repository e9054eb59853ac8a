// SPDX-License-Identifier: Apache-2.0

/// A connection of a client, and the corresponding connection to the server.
struct ProxyConnection {
    /// The maximum number of recorded bytes of a client.
    static let recordLimit = 1 << 20

    let client: Int32
    let server: Int32
    private(set) var pipes: [FaultProxy.Direction: ProxyPipe]
    private(set) var record: [UInt8] = []

    init(client: Int32, server: Int32, _ behaviors: [FaultProxy.Direction: FaultProxy.Behavior]) {
        self.client = client
        self.server = server
        pipes = behaviors.mapValues(ProxyPipe.init)
    }

    func source(_ direction: FaultProxy.Direction) -> Int32 { direction == .toServer ? client : server }
    func target(_ direction: FaultProxy.Direction) -> Int32 { direction == .toServer ? server : client }

    mutating func set(_ behavior: FaultProxy.Behavior, for direction: FaultProxy.Direction) {
        pipes[direction]?.behavior = behavior
    }

    /// Shuts one direction down on the side of its target.
    mutating func endWriting(_ direction: FaultProxy.Direction) {
        Sockets.endWriting(target(direction))
        pipes[direction]?.wroteEnd()
    }

    /// Adds the descriptors to wait for, and returns the latest time of the next turn.
    func add(to pollSet: inout PollSet, _ now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        var earliest: ContinuousClock.Instant?
        for (direction, pipe) in pipes {
            pollSet.add(source(direction), reading: pipe.wantsToRead)
            guard let due = pipe.due else { continue }
            if due <= now {
                pollSet.add(target(direction), writing: true)
            } else {
                earliest = min(due, earliest ?? due)
            }
        }
        return earliest
    }

    /// Reads and writes available bytes, and returns the kind of end if the connection must end.
    mutating func turn(
        _ pollSet: PollSet,
        _ now: ContinuousClock.Instant,
        _ statistics: inout FaultProxy.Statistics
    ) -> ProxyPipe.Content? {
        for direction in FaultProxy.Direction.allCases {
            if let end = write(direction, pollSet, now, &statistics) { return end }
            if let end = read(direction, pollSet, now, &statistics) { return end }
        }
        let pipes = pipes.values
        // If both ends were swallowed, no more bytes can follow.
        return pipes.allSatisfy(\.isOver) ? .cut : nil
    }

    private mutating func read(
        _ direction: FaultProxy.Direction,
        _ pollSet: PollSet,
        _ now: ContinuousClock.Instant,
        _ statistics: inout FaultProxy.Statistics
    ) -> ProxyPipe.Content? {
        let source = source(direction)
        guard let pipe = pipes[direction] else { return nil }
        guard pipe.wantsToRead, pollSet.isReadable(source) else { return pollSet.isBroken(source) ? .reset : nil }
        switch Sockets.receive(source) {
        case .bytes(let bytes):
            statistics.received[direction, default: 0] += bytes.count
            if direction == .toServer { record += bytes.prefix(Self.recordLimit - record.count) }
            pipes[direction]?.receive(bytes, now)
        case .end: pipes[direction]?.receiveEnd(now)
        case .nothingYet: break
        case .failed: return .reset
        }
        return nil
    }

    private mutating func write(
        _ direction: FaultProxy.Direction,
        _ pollSet: PollSet,
        _ now: ContinuousClock.Instant,
        _ statistics: inout FaultProxy.Statistics
    ) -> ProxyPipe.Content? {
        guard pollSet.isWritable(target(direction)), let content = pipes[direction]?.next(now) else { return nil }
        switch content {
        case .bytes(let bytes):
            switch Sockets.send(target(direction), bytes) {
            case .count(let count):
                statistics.forwarded[direction, default: 0] += count
                pipes[direction]?.wrote(count, now)
            case .nothingYet: break
            case .failed: return .reset
            }
        case .end: endWriting(direction)
        case .cut, .reset: return content
        }
        return nil
    }
}
