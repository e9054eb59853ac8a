// SPDX-License-Identifier: Apache-2.0

/// What `Codable` would write in an order of its own (sets, dictionaries) or flatten (optionals).
protocol CanonicalUnordered {
    func canonicalForm(at path: [any CodingKey]) throws -> CanonicalForm
}

extension Set: CanonicalUnordered where Element: Encodable {
    func canonicalForm(at path: [any CodingKey]) throws -> CanonicalForm {
        .set(try map { try CanonicalEncoder.form(of: $0, at: path) })
    }
}

extension Dictionary: CanonicalUnordered where Key: Encodable, Value: Encodable {
    func canonicalForm(at path: [any CodingKey]) throws -> CanonicalForm {
        .map(
            try map { key, value in
                (try CanonicalEncoder.form(of: key, at: path), try CanonicalEncoder.form(of: value, at: path))
            }
        )
    }
}

extension Optional: CanonicalUnordered where Wrapped: Encodable {
    func canonicalForm(at path: [any CodingKey]) throws -> CanonicalForm {
        guard let wrapped = self else { return .null }
        let form = try CanonicalEncoder.form(of: wrapped, at: path)
        // Only an optional of an optional needs the mark: .some(nil) is not nil.
        return Wrapped.self is any OptionalValue.Type ? .some(form) : form
    }
}

/// A value that may be nil.
protocol OptionalValue {
    var isNil: Bool { get }
}

extension Optional: OptionalValue {
    var isNil: Bool { if case .none = self { true } else { false } }
}
