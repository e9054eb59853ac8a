// SPDX-License-Identifier: Apache-2.0

/// The bytes of one well-formed item without indefinite lengths.
///
/// It owns its memory, so the bytes exist as long as any decoder. Offsets come from heads in the bytes and are not checked
/// again. Unknown tags are skipped.
final class CBORInput {
    let bytes: UnsafeRawBufferPointer
    /// The offset of a null after the item, which stands for absent items.
    let null: Int
    /// The number of nested calls of `init(from:)`.
    var calls = 0
    let stack = StackUse()

    init(_ source: UnsafeRawBufferPointer) throws {
        var scanner = CBORScanner(source)
        do { try scanner.check() } catch {
            let reason = "not CBOR: at byte \(error.offset), \(error.text)"
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: reason))
        }
        if scanner.hasIndefiniteLength {
            let definite = CBORDefiniteForm.output(of: source)
            bytes = Self.copy(of: UnsafeRawBufferPointer(start: definite.base, count: definite.count))
        } else {
            bytes = Self.copy(of: source)
        }
        null = bytes.count - 1
    }

    deinit { bytes.deallocate() }

    private static func copy(of source: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count + 1, alignment: 8)
        memory.copyMemory(from: source)
        memory[source.count] = 0xF6
        return UnsafeRawBufferPointer(memory)
    }

    @inline(__always)
    func head(at offset: Int) -> CBORHead { CBORHead(in: bytes, at: offset) }

    /// Returns the head of an item without its tags.
    @inline(__always)
    func content(at offset: Int) -> CBORHead {
        var head = head(at: offset)
        while head.major == .tag { head = self.head(at: head.end) }
        return head
    }

    /// Returns the first of some tags around an item and the offset after it; nil when the item has none of them.
    func content(at offset: Int, taggedAs tags: Set<UInt64>) -> (tag: UInt64, offset: Int)? {
        var head = head(at: offset)
        while head.major == .tag {
            if tags.contains(head.argument) { return (head.argument, head.end) }
            head = self.head(at: head.end)
        }
        return nil
    }

    func isNull(at offset: Int) -> Bool { content(at: offset).isNull }

    /// Returns the offset after an item.
    @inline(__always)
    func end(of offset: Int) -> Int {
        let head = head(at: offset)
        switch head.major {
        case .unsigned, .negative, .simple: return head.end
        case .bytes, .text: return head.end + Int(head.argument)
        case .array, .map, .tag: return endOfContent(offset)
        }
    }

    private func endOfContent(_ start: Int) -> Int {
        var offset = start
        var items = 1
        while items > 0 {
            let head = head(at: offset)
            offset = head.end
            items -= 1
            switch head.major {
            case .unsigned, .negative, .simple: break
            case .bytes, .text: offset += Int(head.argument)
            case .array: items += Int(head.argument)
            case .map: items += 2 * Int(head.argument)
            case .tag: items += 1
            }
        }
        return offset
    }

    /// Returns the kind of the item at an offset for an error message, without its content.
    func kind(at offset: Int) -> String {
        let head = content(at: offset)
        switch head.major {
        case .unsigned, .negative: return "an integer"
        case .bytes: return "a byte string"
        case .text: return "a text"
        case .array: return "an array"
        case .map: return "a map"
        case .tag: return "a tag"
        case .simple:
            return switch head.info {
            case 20, 21: "a Boolean"
            case 22, 23: "null"
            case 25...27: "a float"
            default: "a simple value"
            }
        }
    }
}
