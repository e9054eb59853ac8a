// SPDX-License-Identifier: Apache-2.0

/// An index of the entries of a map by their keys.
///
/// Fields are mostly read in the same order, so a search begins after the last entry that was found. Keys that are neither
/// texts nor integers are omitted, because no `CodingKey` equals them.
struct CBORMapIndex: ~Copyable {
    private struct Entry {
        let key: UInt32
        let keySize: UInt32
        let value: UInt32
    }

    private let bytes: UnsafeRawBufferPointer
    /// The entries in the order of deterministic CBOR: by the size of the key, then by its bytes.
    private let entries: UnsafeMutableBufferPointer<Entry>
    private let count: Int
    private var integers: [(key: Int, value: Int)] = []
    private var next = 0

    /// Creates the index of a map; nil when two entries have the same key.
    init?(_ input: CBORInput, _ head: CBORHead) {
        bytes = input.bytes
        // The scanner has compared the count with the number of bytes.
        entries = .allocate(capacity: Int(head.argument))
        var offset = head.end
        var count = 0
        var isSorted = true
        for _ in 0..<Int(head.argument) {
            let key = input.content(at: offset)
            let value = input.end(of: offset)
            if key.major == .text {
                let entry = Entry(
                    key: UInt32(truncatingIfNeeded: key.end),
                    keySize: UInt32(truncatingIfNeeded: key.argument),
                    value: UInt32(truncatingIfNeeded: value)
                )
                entries.initializeElement(at: count, to: entry)
                if isSorted, count > 0 { isSorted = Self.order(entries[count - 1], entry, bytes) < 0 }
                count += 1
            } else if key.major == .unsigned || key.major == .negative, let number = input.integer(Int.self, at: offset)
            {
                integers.append((number, value))
            }
            offset = input.end(of: value)
        }
        self.count = count
        let isUnique = isSorted || Self.sort(UnsafeMutableBufferPointer(rebasing: entries[..<count]), bytes)
        guard isUnique, integers.isEmpty || Set(integers.map(\.key)).count == integers.count else { return nil }
    }

    deinit { entries.deallocate() }

    private static func sort(_ entries: UnsafeMutableBufferPointer<Entry>, _ bytes: UnsafeRawBufferPointer) -> Bool {
        var entries = entries
        entries.sort { order($0, $1, bytes) < 0 }
        return entries.indices.dropFirst().allSatisfy { order(entries[$0 - 1], entries[$0], bytes) != 0 }
    }

    private static func order(_ first: Entry, _ second: Entry, _ bytes: UnsafeRawBufferPointer) -> Int {
        if first.keySize != second.keySize { return first.keySize < second.keySize ? -1 : 1 }
        for offset in 0..<Int(first.keySize) {
            let left = bytes[Int(first.key) + offset]
            let right = bytes[Int(second.key) + offset]
            if left != right { return left < right ? -1 : 1 }
        }
        return 0
    }

    /// Returns the offset of a value, or nil.
    ///
    /// - Complexity: O(1) for the next entry, O(log n) for others.
    @inline(__always)
    mutating func value(for key: some CodingKey) -> Int? {
        if let value = value(forText: key.stringValue) { return value }
        guard !integers.isEmpty, let number = key.intValue else { return nil }
        return integers.first { $0.key == number }?.value
    }

    private mutating func value(forText text: String) -> Int? {
        var text = text
        let place = text.withUTF8 { self.place(of: UnsafeRawBufferPointer($0)) }
        guard let place else { return nil }
        next = place + 1
        return Int(entries[place].value)
    }

    private func place(of key: UnsafeRawBufferPointer) -> Int? {
        if next < count, order(key, next) == 0 { return next }
        // A field may be looked up three times: for its presence, for null, and for its value.
        if next > 0, order(key, next - 1) == 0 { return next - 1 }
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            let order = order(key, middle)
            if order == 0 { return middle }
            if order < 0 { high = middle } else { low = middle + 1 }
        }
        return nil
    }

    @inline(__always)
    private func order(_ key: UnsafeRawBufferPointer, _ index: Int) -> Int {
        let entry = entries[index]
        if key.count != Int(entry.keySize) { return key.count < Int(entry.keySize) ? -1 : 1 }
        for offset in 0..<key.count {
            let left = key[offset]
            let right = bytes[Int(entry.key) + offset]
            if left != right { return left < right ? -1 : 1 }
        }
        return 0
    }

    func keys<Key: CodingKey>(_ type: Key.Type) -> [Key] {
        let texts = entries[..<count].compactMap { entry in
            let utf8 = bytes[Int(entry.key)..<Int(entry.key) + Int(entry.keySize)]
            return Key(stringValue: String(decoding: utf8, as: UTF8.self))
        }
        return texts + integers.compactMap { Key(intValue: $0.key) }
    }
}
