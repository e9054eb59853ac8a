// SPDX-License-Identifier: Apache-2.0

/// The queue of one direction of a connection: bytes, and the times at which they are written.
///
/// It has no sockets.
struct ProxyPipe {
    enum Content: Hashable {
        case bytes(ArraySlice<UInt8>)
        case end
        case cut
        case reset
    }

    private struct Piece {
        var content: Content
        var due: ContinuousClock.Instant
        /// The maximum number of bytes of a write, and the time between writes.
        var unit = Int.max
        var interval = Duration.zero
    }

    /// The maximum number of queued bytes.
    private static let limit = 256 << 10

    var behavior: FaultProxy.Behavior {
        didSet {
            position = 0
            pauseEnd = nil
        }
    }
    private var position = 0
    /// The end of the pause of a throttle.
    private var pauseEnd: ContinuousClock.Instant?
    private var pieces: [Piece] = []
    private var queuedBytes = 0
    private(set) var isSourceEnded = false
    private(set) var isEndWritten = false

    init(_ behavior: FaultProxy.Behavior) { self.behavior = behavior }

    var wantsToRead: Bool { !isSourceEnded && behavior != .stall && queuedBytes < Self.limit }

    /// Whether no more bytes will be written.
    var isOver: Bool { isEndWritten || (isSourceEnded && pieces.isEmpty) }

    /// The time of the next write.
    var due: ContinuousClock.Instant? { pieces.first?.due }

    /// Returns the content to write now.
    func next(_ now: ContinuousClock.Instant) -> Content? {
        guard let piece = pieces.first, piece.due <= now else { return nil }
        guard case .bytes(let bytes) = piece.content else { return piece.content }
        return .bytes(bytes.prefix(piece.unit))
    }

    mutating func receive(_ bytes: [UInt8], _ now: ContinuousClock.Instant) {
        defer { position += bytes.count }
        guard !isEndWritten else { return }
        switch behavior {
        case .pass: add(bytes[...], now)
        case .delay(let delay): add(bytes[...], now + delay)
        case .throttle(let count, let interval): add(bytes[...], now, unit: max(1, count), interval: interval)
        case .byteByByte: add(bytes[...], now, unit: 1)
        case .split(let place, let pause):
            let (head, tail) = divide(bytes, at: place)
            add(head, now)
            // The pause comes before the byte at the position, unless that is the first byte.
            add(tail, position <= place && place > 0 ? now + pause : now)
        case .cut(let place): end(.cut, at: place, bytes, now)
        case .reset(let place): end(.reset, at: place, bytes, now)
        case .swallow, .stall: break
        }
    }

    /// Records the end of the source.
    mutating func receiveEnd(_ now: ContinuousClock.Instant) {
        isSourceEnded = true
        if behavior != .swallow, !isEndWritten { append(Piece(content: .end, due: now)) }
    }

    /// Records that a number of bytes of ``next(_:)`` were written.
    mutating func wrote(_ count: Int, _ now: ContinuousClock.Instant) {
        guard let piece = pieces.first, case .bytes(let bytes) = piece.content else { return }
        queuedBytes -= count
        let rest = bytes.dropFirst(count)
        if rest.isEmpty { pieces.removeFirst() } else { pieces[0].content = .bytes(rest) }
        // A throttle also delays later pieces.
        guard piece.interval > .zero else { return }
        pauseEnd = now + piece.interval
        if !pieces.isEmpty { pieces[0].due = max(pieces[0].due, now + piece.interval) }
    }

    /// Records that the end was written; later bytes are dropped.
    mutating func wroteEnd() {
        isEndWritten = true
        pieces = []
        queuedBytes = 0
    }

    private mutating func end(_ end: Content, at place: Int, _ bytes: [UInt8], _ now: ContinuousClock.Instant) {
        guard position <= place else { return }
        add(divide(bytes, at: place).head, now)
        if position + bytes.count >= place { append(Piece(content: end, due: now)) }
    }

    private func divide(_ bytes: [UInt8], at place: Int) -> (head: ArraySlice<UInt8>, tail: ArraySlice<UInt8>) {
        let count = min(max(0, place - position), bytes.count)
        return (bytes[..<count], bytes[count...])
    }

    private mutating func add(
        _ bytes: ArraySlice<UInt8>,
        _ due: ContinuousClock.Instant,
        unit: Int = .max,
        interval: Duration = .zero
    ) {
        guard !bytes.isEmpty else { return }
        queuedBytes += bytes.count
        append(Piece(content: .bytes(bytes), due: due, unit: unit, interval: interval))
    }

    private mutating func append(_ piece: Piece) {
        var piece = piece
        // Bytes keep their order also when the behaviour has changed.
        if let last = pieces.last { piece.due = max(piece.due, last.due) }
        if let pauseEnd { piece.due = max(piece.due, pauseEnd) }
        pieces.append(piece)
    }
}
