// SPDX-License-Identifier: Apache-2.0

/// Keys that are derived from a function and its arguments.
package enum DerivedKey {
    /// The number of bytes of the SHA-256 digest in a key: 128 bits.
    static let digestBytes = 16

    /// Returns `function:digest`, with the digest of the canonical form of the arguments.
    package static func key<each Argument: Encodable>(function: String, _ argument: repeat each Argument) throws
        -> String
    {
        var forms: [CanonicalForm] = []
        do {
            for value in repeat each argument { forms.append(try CanonicalEncoder.form(of: value)) }
        } catch {
            throw CacheError.argumentsNotEncodable(reason: "\(error)")
        }
        return function + ":" + SHA256.hexDigest(of: CanonicalForm.array(forms).bytes, bytes: digestBytes)
    }
}
