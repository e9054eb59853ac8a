// SPDX-License-Identifier: Apache-2.0

/// A type with a canonical form of its own.
///
/// `Codable` would write sets and dictionaries in no fixed order, and flatten optionals.
protocol CanonicallyEncodable {
    func canonicalForm(at path: [any CodingKey]) throws -> CanonicalForm
}

extension Set: CanonicallyEncodable where Element: Encodable {
    func canonicalForm(at path: [any CodingKey]) throws -> CanonicalForm {
        .set(try map { try CanonicalEncoder.form(of: $0, at: path) })
    }
}

extension Dictionary: CanonicallyEncodable where Key: Encodable, Value: Encodable {
    func canonicalForm(at path: [any CodingKey]) throws -> CanonicalForm {
        .map(
            try map { key, value in
                (try CanonicalEncoder.form(of: key, at: path), try CanonicalEncoder.form(of: value, at: path))
            }
        )
    }
}

extension Optional: CanonicallyEncodable where Wrapped: Encodable {
    func canonicalForm(at path: [any CodingKey]) throws -> CanonicalForm {
        guard let wrapped = self else { return .null }
        let form = try CanonicalEncoder.form(of: wrapped, at: path)
        // Only an optional of an optional needs the mark, because .some(nil) is not nil.
        return Wrapped.self is any AnyOptional.Type ? .some(form) : form
    }
}
