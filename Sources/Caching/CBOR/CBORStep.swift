// SPDX-License-Identifier: Apache-2.0

/// A step of a coding path.
enum CBORStep {
    case none
    case key(any CodingKey)
    case index(Int)

    /// The key that `Codable` gives to a superclass.
    static let superclass = CBORStep.key(CBORKey("super"))

    var key: (any CodingKey)? {
        switch self {
        case .none: nil
        case .key(let key): key
        case .index(let index): CBORKey(index)
        }
    }
}

/// A coding key that no type declares: a position in an array, or "super".
struct CBORKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ text: String) {
        stringValue = text
        intValue = nil
    }

    init(_ index: Int) {
        stringValue = "\(index)"
        intValue = index
    }

    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { self.init(intValue) }
}
