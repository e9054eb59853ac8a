// SPDX-License-Identifier: Apache-2.0

/// One direction of a connection: what was read and when it is to be written.
///
/// It knows no sockets.
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
        /// How many bytes are written at most at a time, and the time between them.
        var unit = Int.max
        var interval = Duration.zero
    }

    /// The largest number of bytes that is read ahead: a proxy is no store.
    private static let limit = 256 << 10

    var behavior: FaultProxy.Behavior {
        didSet {
            position = 0
            pauseEnd = nil
        }
    }
    private var position = 0
    /// Until when a throttle lets nothing more through.
    private var pauseEnd: ContinuousClock.Instant?
    private var pieces: [Piece] = []
    private var queuedBytes = 0
    private(set) var isSourceEnded = false
    private(set) var isEndWritten = false

    init(_ behavior: FaultProxy.Behavior) { self.behavior = behavior }

    var wantsToRead: Bool { !isSourceEnded && behavior != .stall && queuedBytes < Self.limit }

    /// Whether nothing more will ever be written.
    var isOver: Bool { isEndWritten || (isSourceEnded && pieces.isEmpty) }

    /// When there is something to write next.
    var due: ContinuousClock.Instant? { pieces.first?.due }

    /// The content that is to be written now.
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
            // A piece that begins at the place had its pause before it, unless nothing was in front of it.
            add(tail, position <= place && place > 0 ? now + pause : now)
        case .cut(let place): end(.cut, at: place, bytes, now)
        case .reset(let place): end(.reset, at: place, bytes, now)
        case .swallow, .stall: break
        }
    }

    /// The source has no more bytes.
    mutating func receiveEnd(_ now: ContinuousClock.Instant) {
        isSourceEnded = true
        if behavior != .swallow, !isEndWritten { append(Piece(content: .end, due: now)) }
    }

    /// So many bytes of ``next(_:)`` were written.
    mutating func wrote(_ count: Int, _ now: ContinuousClock.Instant) {
        guard let piece = pieces.first, case .bytes(let bytes) = piece.content else { return }
        queuedBytes -= count
        let rest = bytes.dropFirst(count)
        if rest.isEmpty { pieces.removeFirst() } else { pieces[0].content = .bytes(rest) }
        // A throttle holds from one piece to the next, also to those that are yet to come.
        guard piece.interval > .zero else { return }
        pauseEnd = now + piece.interval
        if !pieces.isEmpty { pieces[0].due = max(pieces[0].due, now + piece.interval) }
    }

    /// The end was written, or the test wrote one: what comes now is for nobody.
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
        // Bytes keep their order, whatever the behaviour was when the earlier ones came.
        if let last = pieces.last { piece.due = max(piece.due, last.due) }
        if let pauseEnd { piece.due = max(piece.due, pauseEnd) }
        pieces.append(piece)
    }
}
