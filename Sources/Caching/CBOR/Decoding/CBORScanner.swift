// SPDX-License-Identifier: Apache-2.0

/// A check that bytes are one well-formed item, so that decoders need not check again.
///
/// The scanner does not recurse, and its allocations do not depend on the bytes: lengths and counts are compared with the
/// number of remaining bytes.
struct CBORScanner {
    /// A fault in the bytes.
    struct Problem: Error {
        let text: String
        let offset: Int
    }

    /// The rest of an open array or map: the number of items, or one of these values if it has no count.
    private enum Open {
        static let array = -1
        static let mapBeforeKey = -2
        static let mapBeforeValue = -3
    }

    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    /// Whether an item has no length or count.
    private(set) var hasIndefiniteLength = false

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private var left: Int { bytes.count - offset }

    private func problem(_ text: String) -> Problem { Problem(text: text, offset: offset) }

    mutating func check() throws(Problem) {
        guard !bytes.isEmpty else { throw problem("there are no bytes") }
        guard bytes.count < Int(UInt32.max) else { throw problem("there are more than 4 GiB") }
        var result: Result<Void, Problem> = .success(())
        withUnsafeTemporaryAllocation(of: Int.self, capacity: CBORLimits.depth) { open in
            result = Result { () throws(Problem) in try scan(open) }
        }
        try result.get()
        guard left == 0 else { throw problem("there are bytes after the value") }
    }

    private mutating func scan(_ open: UnsafeMutableBufferPointer<Int>) throws(Problem) {
        var level = 0
        var isTagged = false
        while true {
            guard left > 0 else { throw problem("the bytes end too early") }
            let first = bytes[offset]
            if first == 0xFF {
                guard level > 0, !isTagged, open[level - 1] == Open.array || open[level - 1] == Open.mapBeforeKey else {
                    throw problem("there is an end of nothing")
                }
                offset += 1
                level -= 1
            } else {
                let content = try readItem()
                isTagged = first >> 5 == CBORMajor.tag.rawValue
                if isTagged { continue }
                let isContainer = first >> 5 == CBORMajor.array.rawValue || first >> 5 == CBORMajor.map.rawValue
                guard !isContainer || level < CBORLimits.depth else {
                    throw problem("nested deeper than \(CBORLimits.depth) levels")
                }
                if content != 0 {
                    open[level] = content
                    level += 1
                    continue
                }
            }
            // The item is complete, and so are the containers of which it is the last item.
            while level > 0 {
                let state = open[level - 1]
                if state == 1 {
                    level -= 1
                    continue
                }
                switch state {
                case Open.array: break
                case Open.mapBeforeKey: open[level - 1] = Open.mapBeforeValue
                case Open.mapBeforeValue: open[level - 1] = Open.mapBeforeKey
                default: open[level - 1] = state - 1
                }
                break
            }
            if level == 0 { return }
        }
    }

    /// Reads a scalar, or the head of another item, and returns the number of items in it, or a value of ``Open``.
    private mutating func readItem() throws(Problem) -> Int {
        let first = bytes[offset]
        let info = first & 31
        guard info < 28 || info == 31 else { throw problem("the head is reserved") }
        guard let major = CBORMajor(rawValue: first >> 5) else { throw problem("the kind is unknown") }
        guard 1 + CBORHead.size(info) <= left else { throw problem("the bytes end too early") }
        let head = CBORHead(in: bytes, at: offset)
        let isIndefinite = info == 31
        switch major {
        case .unsigned, .negative, .tag:
            guard !isIndefinite else { throw problem("the head is reserved") }
        case .simple:
            guard info != 24 || head.argument >= 32 else { throw problem("the simple value is reserved") }
        case .bytes, .text:
            if isIndefinite { try readChunks(of: major) } else { try readString(head) }
            return 0
        case .array, .map:
            offset = head.end
            if isIndefinite {
                hasIndefiniteLength = true
                return major == .array ? Open.array : Open.mapBeforeKey
            }
            let (items, isHuge) = head.argument.multipliedReportingOverflow(by: major == .array ? 1 : 2)
            guard !isHuge, items <= UInt64(left) else { throw problem("the count is larger than what is left") }
            return Int(items)
        }
        offset = head.end
        return 0
    }

    private mutating func readString(_ head: CBORHead) throws(Problem) {
        guard head.argument <= UInt64(bytes.count - head.end) else {
            throw problem("the length is larger than what is left")
        }
        let end = head.end + Int(head.argument)
        if head.major == .text, !UTF8Check.isValid(UnsafeRawBufferPointer(rebasing: bytes[head.end..<end])) {
            throw problem("the text is no UTF-8")
        }
        offset = end
    }

    private mutating func readChunks(of major: CBORMajor) throws(Problem) {
        hasIndefiniteLength = true
        offset += 1
        while left > 0, bytes[offset] != 0xFF {
            let first = bytes[offset]
            guard first >> 5 == major.rawValue, first & 31 < 28 else {
                throw problem("the string has a part of another kind")
            }
            guard 1 + CBORHead.size(first & 31) <= left else { throw problem("the bytes end too early") }
            try readString(CBORHead(in: bytes, at: offset))
        }
        guard left > 0 else { throw problem("the bytes end too early") }
        offset += 1
    }
}
