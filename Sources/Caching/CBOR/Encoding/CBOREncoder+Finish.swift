// SPDX-License-Identifier: Apache-2.0

/// The end of a value: heads, the order of entries, and parts.
extension CBOREncoder {
    func finish() throws {
        guard level < CBORLimits.writtenDepth else { throw tooDeep(Never.self, at: .none) }
        switch shape {
        case .other: return
        case .none:
            guard level > 0 else { throw error(Never.self, "the value wrote nothing") }
            // A value that writes nothing is an empty map, as it is in JSON.
            output.write(.map, 0)
        case .map:
            if !isSorted || !parts.isEmpty { try rewriteMap() }
            output.entries.removeLast(output.entries.count - firstEntry)
            writeHead(.map)
        case .array:
            try insertParts()
            writeHead(.array)
        }
        shape = .other
    }

    private func writeHead(_ major: CBORMajor) {
        let size = CBOROutput.size(UInt64(count))
        if size > 1 { output.insertGap(of: size - 1, at: start + 1) }
        output.overwrite(major, UInt64(count), at: start)
    }

    /// Sorts the entries by their keys; of entries with equal keys, the last one stays.
    private func rewriteMap() throws {
        let all = firstEntry..<output.entries.count
        sortEntries(all)
        let content = start + 1
        let size = output.count - content
        try withUnsafeTemporaryAllocation(byteCount: size, alignment: 1) { memory in
            memory.copyMemory(from: UnsafeRawBufferPointer(start: output.base + content, count: size))
            let copy = UnsafeRawBufferPointer(memory)
            output.truncate(to: content)
            count = 0
            for index in all {
                let entry = output.entries[index]
                if index + 1 < all.upperBound, let base = copy.baseAddress {
                    // The offsets of keys count from the beginning of the output.
                    let next = output.entries[index + 1]
                    if CBOREntry.order(entry, next, in: base - content) == 0 { continue }
                }
                output.write(UnsafeRawBufferPointer(rebasing: copy[entry.start - content..<entry.end - content]))
                if entry.part >= 0 { try write(parts[entry.part].encoder) }
                count += 1
            }
        }
    }

    /// Sorts the entries by their keys, and entries with equal keys in the order in which they were written.
    private func sortEntries(_ all: Range<Int>) {
        let base = UnsafeRawPointer(output.base)
        let end = output.count
        output.entries.withUnsafeMutableBufferPointer { entries in
            var entries = UnsafeMutableBufferPointer(rebasing: entries[all])
            for index in entries.indices {
                entries[index].end = index + 1 < entries.count ? entries[index + 1].start : end
            }
            guard entries.count <= 32 else {
                return entries.sort { first, second in
                    let order = CBOREntry.order(first, second, in: base)
                    return order == 0 ? first.start < second.start : order < 0
                }
            }
            for index in entries.indices.dropFirst() {
                let entry = entries[index]
                var place = index
                while place > 0, CBOREntry.order(entries[place - 1], entry, in: base) > 0 {
                    entries[place] = entries[place - 1]
                    place -= 1
                }
                entries[place] = entry
            }
        }
    }

    private func insertParts() throws {
        guard let first = parts.first else { return }
        let rest = Array(UnsafeBufferPointer(start: output.base + first.offset, count: output.count - first.offset))
        output.truncate(to: first.offset)
        for index in parts.indices {
            try write(parts[index].encoder)
            let from = parts[index].offset - first.offset
            let to = index + 1 < parts.count ? parts[index + 1].offset - first.offset : rest.count
            rest.withUnsafeBytes { output.write(UnsafeRawBufferPointer(rebasing: $0[from..<to])) }
        }
    }

    private func write(_ part: CBOREncoder) throws {
        try part.finish()
        // No container may write to the part any more.
        part.output.writer = 0
        output.write(UnsafeRawBufferPointer(start: part.output.base, count: part.output.count))
    }
}
