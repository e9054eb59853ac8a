// SPDX-License-Identifier: Apache-2.0

/// The bytes that are being written, and the state that their encoders share.
///
/// It owns its memory, so the bytes exist as long as any encoder.
final class CBOROutput {
    private(set) var base: UnsafeMutablePointer<UInt8>
    private(set) var count = 0
    private var capacity: Int

    /// The entries of all open maps, those of the innermost map last.
    var entries: ContiguousArray<CBOREntry> = []
    /// The number of the encoder that may write; bytes of any other would become part of its value.
    var writer = 0
    /// The number of encoders so far.
    private(set) var writers = 0
    /// The number of nested calls of `encode(to:)`.
    var calls = 0
    let stack: StackUse

    init(capacity: Int = 480, stack: StackUse = StackUse()) {
        self.stack = stack
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    func newWriter() -> Int {
        writers += 1
        return writers
    }

    func array() -> [UInt8] { [UInt8](UnsafeBufferPointer(start: base, count: count)) }

    /// Reserves room for more bytes.
    @inline(__always)
    func reserve(_ more: Int) {
        if capacity - count < more { grow(more) }
    }

    @inline(never)
    private func grow(_ more: Int) {
        let larger = max(capacity * 2, count + more)
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        memory.update(from: base, count: count)
        base.deallocate()
        base = memory
        capacity = larger
    }

    func truncate(to count: Int) { self.count = min(count, self.count) }

    @inline(__always)
    func write(byte: UInt8) {
        reserve(1)
        base[count] = byte
        count += 1
    }

    func write(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        UnsafeMutableRawPointer(base + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    /// Inserts a gap of bytes, which the caller must overwrite.
    func insertGap(of size: Int, at offset: Int) {
        reserve(size)
        UnsafeMutableRawPointer(base + offset + size).copyMemory(from: base + offset, byteCount: count - offset)
        count += size
    }

    /// Writes the head of an item in its shortest form.
    @inline(__always)
    func write(_ major: CBORMajor, _ argument: UInt64) {
        reserve(9)
        count += Self.write(major, argument, to: base + count)
    }

    /// Overwrites bytes with the head of an item.
    func overwrite(_ major: CBORMajor, _ argument: UInt64, at offset: Int) {
        _ = Self.write(major, argument, to: base + offset)
    }

    /// Returns the size of the head of an item.
    static func size(_ argument: UInt64) -> Int {
        switch argument {
        case ..<24: 1
        case ...0xFF: 2
        case ...0xFFFF: 3
        case ...0xFFFF_FFFF: 5
        default: 9
        }
    }

    @inline(__always)
    private static func write(_ major: CBORMajor, _ argument: UInt64, to place: UnsafeMutablePointer<UInt8>) -> Int {
        let first = major.rawValue << 5
        if argument < 24 {
            place[0] = first | UInt8(truncatingIfNeeded: argument)
            return 1
        }
        let raw = UnsafeMutableRawPointer(place + 1)
        if argument <= 0xFF {
            place[0] = first | 24
            place[1] = UInt8(truncatingIfNeeded: argument)
            return 2
        }
        if argument <= 0xFFFF {
            place[0] = first | 25
            raw.storeBytes(of: UInt16(truncatingIfNeeded: argument).bigEndian, as: UInt16.self)
            return 3
        }
        if argument <= 0xFFFF_FFFF {
            place[0] = first | 26
            raw.storeBytes(of: UInt32(truncatingIfNeeded: argument).bigEndian, as: UInt32.self)
            return 5
        }
        place[0] = first | 27
        raw.storeBytes(of: argument.bigEndian, as: UInt64.self)
        return 9
    }
}
