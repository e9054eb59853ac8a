// SPDX-License-Identifier: Apache-2.0

import Synchronization

private struct Key: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init(stringLiteral value: String) { stringValue = value }
    init?(intValue: Int) { nil }
}

/// A class whose superclass has an encoder of its own.
final class Derived: Base, @unchecked Sendable {
    // @unchecked is inherited: all there is are constants.
    let own: String

    init(base: Int, own: String) {
        self.own = own
        super.init(base: base)
    }

    required init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        own = try container.decode(String.self, forKey: "own")
        try super.init(from: container.superDecoder())
    }

    override func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try super.encode(to: container.superEncoder())
        try container.encode(own, forKey: "own")
    }
}

/// A class that writes into the container of its superclass.
final class SameContainer: Base, @unchecked Sendable {
    // @unchecked is inherited: all there is are constants.
    let own: String

    init(base: Int, own: String) {
        self.own = own
        super.init(base: base)
    }

    required init(from decoder: any Decoder) throws {
        own = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: "own")
        try super.init(from: decoder)
    }

    override func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try super.encode(to: encoder)
        try container.encode(own, forKey: "own")
    }
}

class Base: Codable, @unchecked Sendable {
    // @unchecked, so that it can have subclasses: all there is is a constant.
    let base: Int

    init(base: Int) { self.base = base }
}

/// Writes several nested containers in turns.
struct Interleaved: Codable {
    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        var list = try container.nestedUnkeyedContainer(forKey: "b")
        var maps = try container.nestedUnkeyedContainer(forKey: "c")
        let map = try maps.nestedContainer(keyedBy: Key.self)
        var sum = try list.decode(Int.self) + map.decode(Int.self, forKey: "y")
        sum += try list.decode(Int.self) + map.decode(Int.self, forKey: "x") + list.decode(Int.self)
        guard sum == 9, list.isAtEnd, try container.decode(Int.self, forKey: "a") == 1 else {
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "\(sum)"))
        }
        _ = try maps.superDecoder()
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        var maps = container.nestedUnkeyedContainer(forKey: "c")
        var list = container.nestedUnkeyedContainer(forKey: "b")
        var map = maps.nestedContainer(keyedBy: Key.self)
        try list.encode(1)
        try map.encode(2, forKey: "y")
        _ = maps.superEncoder()
        try list.encode(2)
        try container.encode(1, forKey: "a")
        try map.encode(1, forKey: "x")
        try list.encode(3)
    }
}

/// Writes one key twice.
struct Twice: Codable {
    init() {}
    init(from decoder: any Decoder) throws {}

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(["a": 1], forKey: "k")
        try container.encode(2, forKey: "k")
    }
}

/// Goes on when a part of it fails.
struct Forgiving: Codable {
    private struct Failing: Encodable {
        struct Failure: Error {}

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(1, forKey: "z")
            var nested = container.nestedUnkeyedContainer(forKey: "y")
            try nested.encode(1)
            throw Failure()
        }
    }

    init() {}
    init(from decoder: any Decoder) throws {}

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try? container.encode(Failing(), forKey: "c")
        try? container.encode([Int128.max], forKey: "0")
        try container.encode([1, 2], forKey: "b")
        try? container.encode(Failing(), forKey: "c")
        try container.encode(1, forKey: "a")
    }
}

/// Keeps its container.
final class Keeper: Codable, Sendable {
    private let kept = Mutex<(@Sendable () throws -> Void)?>(nil)

    init() {}
    init(from decoder: any Decoder) throws {}

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(1, forKey: "a")
        // Nobody else uses it.
        nonisolated(unsafe) let copy = container
        kept.withLock {
            $0 = {
                var container = copy
                try container.encode(2, forKey: "b")
            }
        }
    }

    func useAgain() throws { try kept.withLock { $0 }?() }
}

/// Writes nothing.
struct Silent: Codable {
    init() {}
    init(from decoder: any Decoder) throws {}
    func encode(to encoder: any Encoder) throws {}
}
