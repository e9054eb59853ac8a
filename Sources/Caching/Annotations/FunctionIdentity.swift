// SPDX-License-Identifier: Apache-2.0

/// Which function a key without a key closure belongs to.
///
/// Either the name it was given, which is the same in every build, or the place where it was wrapped together with
/// its types, which is the same in every process of one build.
package struct FunctionIdentity: Sendable {
    let name: String?
    let fileID: String
    let line: Int
    let column: Int

    /// Where the function was wrapped, for messages.
    var location: String { "\(fileID):\(line)" }

    /// The part of the key that stands before the digest of the arguments.
    func keyPart(types: [Any.Type]) -> String {
        if let name { return KeyParts.escape(name) }
        // Generic code wraps many functions at one place; only their types tell them apart.
        let names = types.map { Self.stableName(String(reflecting: $0)) }.joined(separator: ",")
        return KeyParts.escape("\(fileID)#\(line).\(column)-\(SHA256.hexDigest(of: names.utf8, bytes: 4))")
    }

    /// A type's name without the address that the runtime prints for private and local types.
    package static func stableName(_ name: String) -> String {
        var result = ""
        var rest = Substring(name)
        while let start = rest.firstRange(of: "(unknown context at $") {
            result += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstIndex(of: ")") else { return result }
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
