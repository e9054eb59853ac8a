// SPDX-License-Identifier: Apache-2.0

/// A decoder of one value.
final class CBORDecoder: Decoder {
    let input: CBORInput
    let offset: Int
    private let parent: CBORDecoder?
    private let step: CBORStep
    /// The index of the map, after it was requested.
    private var map: CBORMapIndex?

    init(_ input: CBORInput, at offset: Int, parent: CBORDecoder?, step: CBORStep) {
        self.input = input
        self.offset = offset
        self.parent = parent
        self.step = step
    }

    /// Returns a value from bytes.
    ///
    /// - Throws: A `DecodingError` that contains no decoded content, or the error of `init(from:)` of the type.
    package static func value<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        let input = try bytes.withUnsafeBytes { try CBORInput($0) }
        return try CBORDecoder(input, at: 0, parent: nil, step: .none).readWhole(type)
    }

    var codingPath: [any CodingKey] { path(to: .none) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    private func path(to step: CBORStep) -> [any CodingKey] {
        var path = [step.key, self.step.key].compactMap { $0 }
        var decoder = parent
        while let next = decoder {
            if let key = next.step.key { path.append(key) }
            decoder = next.parent
        }
        return path.reversed()
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try prepareMap()
        return KeyedDecodingContainer(CBORKeyedDecodingContainer<Key>(decoder: self))
    }

    private func prepareMap() throws {
        guard map == nil else { return }
        let head = input.content(at: offset)
        guard head.major == .map else { throw mismatch([String: Any].self, at: offset, .none) }
        map = CBORMapIndex(input, head)
        guard map != nil else { throw corrupted("a key occurs twice", .none) }
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let head = input.content(at: offset)
        guard head.major == .array else { throw mismatch([Any].self, at: offset, .none) }
        return CBORUnkeyedDecodingContainer(self, offset: head.end, count: Int(head.argument))
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { CBORSingleValueDecodingContainer(decoder: self) }

    // MARK: Values

    /// Reads the value at an offset.
    @inline(__always)
    func read<Value: Decodable>(_ type: Value.Type, at offset: Int, _ step: @autoclosure () -> CBORStep) throws -> Value
    {
        guard CBORScalars.contains(type) else { return try readNested(type, at: offset, step()) }
        return try input.scalar(type, at: offset) { mismatch(type, at: offset, step()) }
    }

    @inline(never)
    private func readNested<Value: Decodable>(_ type: Value.Type, at offset: Int, _ step: CBORStep) throws -> Value {
        try CBORDecoder(input, at: offset, parent: self, step: step).readItself(type)
    }

    private func readItself<Value: Decodable>(_ type: Value.Type) throws -> Value {
        guard input.calls < CBORLimits.calls, !input.stack.isUsed(up: CBORLimits.stackForReading) else {
            throw corrupted("nested too deep", .none)
        }
        input.calls += 1
        defer { input.calls -= 1 }
        return try type.init(from: self)
    }

    /// Reads the whole value of this decoder.
    @inline(__always)
    func readWhole<Value: Decodable>(_ type: Value.Type) throws -> Value {
        guard CBORScalars.contains(type) else { return try readItself(type) }
        return try input.scalar(type, at: offset) { mismatch(type, at: offset, .none) }
    }

    // MARK: Entries

    @inline(__always)
    func place(of key: some CodingKey) -> Int? { map?.value(for: key) }

    @inline(__always)
    func read<Value: Decodable>(_ type: Value.Type, for key: some CodingKey) throws -> Value {
        guard let place = place(of: key) else { throw missing(key) }
        return try read(type, at: place, .key(key))
    }

    func keys<Key: CodingKey>(_ type: Key.Type) -> [Key] { map?.keys(type) ?? [] }

    /// Returns a decoder of the item at an offset.
    func child(at offset: Int, _ step: CBORStep) -> CBORDecoder {
        CBORDecoder(input, at: offset, parent: self, step: step)
    }

    // MARK: Errors

    func missing(_ key: some CodingKey) -> DecodingError {
        .keyNotFound(key, .init(codingPath: codingPath, debugDescription: "the key is missing"))
    }

    func corrupted(_ reason: String, _ step: CBORStep) -> DecodingError {
        .dataCorrupted(.init(codingPath: path(to: step), debugDescription: reason))
    }

    /// Returns the error for an item of another type.
    @inline(never)
    func mismatch(_ type: Any.Type, at offset: Int, _ step: CBORStep) -> DecodingError {
        let kind = input.kind(at: offset)
        let context = DecodingError.Context(
            codingPath: path(to: step),
            debugDescription: "expected \(type), found \(kind) that is none or does not fit"
        )
        return input.isNull(at: offset) ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }
}
