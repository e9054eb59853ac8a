// SPDX-License-Identifier: Apache-2.0

/// An encoder of one value, which appends to a shared output.
///
/// A map or an array begins with one byte for its head, which is written when the number of its entries is known. A nested
/// container or a super-encoder is a *part* with an output of its own, because parts may be written in any order. Parts
/// are inserted in their places at the end.
final class CBOREncoder: Encoder {
    enum Shape { case none, map, array, other }

    let output: CBOROutput
    private let parent: CBOREncoder?
    /// The path to a part, which has no reference to its parent, because the parent has one to the part.
    private let prefix: [any CodingKey]
    private let step: CBORStep
    let level: Int
    private let writer: Int
    /// The offset at which the value begins.
    let start: Int

    var shape = Shape.none
    /// The index of the first entry of the map among the entries of all open maps.
    private(set) var firstEntry = 0
    var count = 0
    private(set) var isSorted = true
    /// The parts, and for an array the offsets at which they belong.
    private(set) var parts: [(offset: Int, encoder: CBOREncoder)] = []

    private init(
        _ output: CBOROutput,
        parent: CBOREncoder?,
        prefix: [any CodingKey] = [],
        step: CBORStep,
        level: Int
    ) {
        self.output = output
        self.parent = parent
        self.prefix = prefix
        self.step = step
        self.level = level
        start = output.count
        writer = output.newWriter()
    }

    /// Returns the deterministic encoding of a value, RFC 8949 section 4.2.1.
    package static func bytes<Value: Encodable>(of value: Value) throws -> [UInt8] {
        let encoder = CBOREncoder(CBOROutput(), parent: nil, step: .none, level: 0)
        encoder.output.writer = encoder.writer
        try encoder.write(value, at: .none, isAlone: true)
        try encoder.finish()
        // No container may write any more.
        encoder.output.writer = 0
        return encoder.output.array()
    }

    var codingPath: [any CodingKey] { (parent?.codingPath ?? prefix) + (step.key.map { [$0] } ?? []) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(CBORKeyedEncodingContainer<Key>(encoder: opened(as: .map)))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        CBORUnkeyedEncodingContainer(encoder: opened(as: .array))
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { CBORSingleValueEncodingContainer(encoder: self) }

    /// Returns the encoder itself, or one that refuses all values when this value has another shape already.
    private func opened(as wanted: Shape) -> CBOREncoder {
        if shape == wanted { return self }
        guard shape == .none, output.writer == writer else {
            return CBOREncoder(CBOROutput(capacity: 1), parent: nil, prefix: codingPath, step: .none, level: level)
        }
        shape = wanted
        firstEntry = output.entries.count
        output.write(byte: 0)
        return self
    }

    func error(_ value: Any, _ reason: String, at step: CBORStep = .none) -> EncodingError {
        let path = codingPath + (step.key.map { [$0] } ?? [])
        return .invalidValue(value, .init(codingPath: path, debugDescription: reason))
    }

    private func checkTurn(for type: Any.Type) throws {
        guard output.writer == writer else {
            throw error(type, "it is not the turn of this container: its value is finished, or of another kind")
        }
    }

    // MARK: Entries

    /// Writes an entry of the map, or no entry when it throws.
    @inline(__always)
    func write<Value: Encodable>(_ value: Value, for key: some CodingKey) throws {
        try beginEntry(key.stringValue, for: Value.self)
        do { try write(value, at: .key(key), isAlone: false) } catch {
            undoEntry()
            throw error
        }
    }

    /// Writes an element of the array, or no element when it throws.
    @inline(__always)
    func append<Value: Encodable>(_ value: Value) throws {
        try checkTurn(for: Value.self)
        let end = output.count
        do { try write(value, at: .index(count), isAlone: false) } catch {
            output.truncate(to: end)
            throw error
        }
        count += 1
    }

    func writeNull(for key: some CodingKey) throws {
        try beginEntry(key.stringValue, for: Never?.self)
        output.writeNull()
    }

    func appendNull() throws {
        try checkTurn(for: Never?.self)
        output.writeNull()
        count += 1
    }

    /// Writes the whole value, or nothing when it throws.
    @inline(__always)
    func writeWhole<Value: Encodable>(_ value: Value) throws {
        try beginWhole(Value.self)
        do { try write(value, at: .none, isAlone: true) } catch {
            undoWhole()
            throw error
        }
    }

    func writeWholeNull() throws {
        try beginWhole(Never?.self)
        shape = .other
        output.writeNull()
    }

    private func beginWhole(_ type: Any.Type) throws {
        try checkTurn(for: type)
        guard shape == .none else { throw error(type, "the value was written already") }
    }

    private func undoWhole() {
        output.truncate(to: start)
        if shape == .map { output.entries.removeLast(output.entries.count - firstEntry) }
        shape = .none
        count = 0
        isSorted = true
        parts = []
    }

    private func beginEntry(_ key: String, for type: Any.Type) throws {
        try checkTurn(for: type)
        let start = output.count
        output.write(key)
        let entry = CBOREntry(start: start, keySize: output.count - start)
        if isSorted, count > 0, let last = output.entries.last {
            isSorted = CBOREntry.order(last, entry, in: UnsafeRawPointer(output.base)) < 0
        }
        output.entries.append(entry)
        count += 1
    }

    private func undoEntry() {
        guard let entry = output.entries.popLast() else { return }
        output.truncate(to: entry.start)
        count -= 1
        // Entries before this one may be unsorted, too, and an unneeded sort does no harm.
        isSorted = false
    }

    // MARK: Values

    /// Writes a value at the end of the output; `isAlone` if it is the whole value of this encoder.
    @inline(__always)
    private func write<Value: Encodable>(_ value: Value, at step: @autoclosure () -> CBORStep, isAlone: Bool) throws {
        if CBORScalars.contains(Value.self) {
            try output.write(scalar: value) { self.codingPath + (step().key.map { [$0] } ?? []) }
        } else if isAlone {
            try writeItself(value, by: self)
        } else {
            try writeNested(value, at: step())
        }
        // A value that encodes itself has a shape, unless it wrote nothing.
        if isAlone, shape == .none, output.count > start { shape = .other }
    }

    @inline(never)
    private func writeNested<Value: Encodable>(_ value: Value, at step: CBORStep) throws {
        guard level + 1 < CBORLimits.writtenDepth else { throw tooDeep(Value.self, at: step) }
        let entries = output.entries.count
        let child = CBOREncoder(output, parent: self, step: step, level: level + 1)
        output.writer = child.writer
        do {
            try writeItself(value, by: child)
            try child.finish()
        } catch {
            output.writer = writer
            output.entries.removeLast(output.entries.count - entries)
            throw error
        }
        output.writer = writer
    }

    func tooDeep(_ type: Any.Type, at step: CBORStep) -> EncodingError {
        error(type, "nested too deep", at: step)
    }

    private func writeItself<Value: Encodable>(_ value: Value, by encoder: CBOREncoder) throws {
        guard output.calls < CBORLimits.calls, !output.stack.isUsed(up: CBORLimits.stackForWriting) else {
            throw tooDeep(Value.self, at: .none)
        }
        output.calls += 1
        defer { output.calls -= 1 }
        try value.encode(to: encoder)
    }

    // MARK: Parts

    /// Returns an encoder of a value of the map, which may be written at any time before the map is finished.
    func part(for key: some CodingKey) -> CBOREncoder {
        let child = newPart(.key(key))
        guard (try? beginEntry(key.stringValue, for: Never.self)) != nil else { return child }
        output.entries[output.entries.count - 1].part = parts.count
        parts.append((output.count, child))
        return child
    }

    /// Appends an element to the array and returns its encoder.
    func appendPart() -> CBOREncoder {
        let child = newPart(.index(count))
        guard output.writer == writer else { return child }
        parts.append((output.count, child))
        count += 1
        return child
    }

    private func newPart(_ step: CBORStep) -> CBOREncoder {
        let output = CBOROutput(capacity: 64, stack: self.output.stack)
        let child = CBOREncoder(output, parent: nil, prefix: codingPath, step: step, level: level + 1)
        // A part that is too deep may never write, and its `finish` throws.
        if level + 1 < CBORLimits.writtenDepth { output.writer = child.writer }
        output.calls = self.output.calls
        return child
    }
}
