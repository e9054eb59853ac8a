// SPDX-License-Identifier: Apache-2.0

/// The content of a file: the deadline of the entry, then its envelope.
///
/// The deadline is microseconds since 1970-01-01 00:00 UTC in eight little-endian bytes, `Int64.max` for "never". It is
/// not the entry's own `expiresAt`, because each `set` has its own time to keep the entry.
struct EntryFile {
    private static let headerSize = 8

    let deadline: Int64
    let envelope: [UInt8]

    init(deadline: Int64, envelope: [UInt8]) {
        self.deadline = deadline
        self.envelope = envelope
    }

    /// Parses a file; nil when it is too short for a deadline.
    init?(bytes: [UInt8]) {
        guard bytes.count >= Self.headerSize else { return nil }
        let header = bytes.prefix(Self.headerSize).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        deadline = Int64(bitPattern: header)
        envelope = Array(bytes.dropFirst(Self.headerSize))
    }

    var bytes: [UInt8] {
        withUnsafeBytes(of: deadline.littleEndian) { Array($0) } + envelope
    }

    /// Returns the deadline of an entry that is stored now; a lifetime beyond the range of the clock never ends.
    static func deadline(after ttl: Duration?, from now: Int64) -> Int64 {
        guard let ttl else { return .max }
        let (seconds, attoseconds) = ttl.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, carry) = now.addingReportingOverflow(whole)
        guard !overflow, !carry else { return .max }
        let (deadline, end) = sum.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return end ? .max : deadline
    }
}
