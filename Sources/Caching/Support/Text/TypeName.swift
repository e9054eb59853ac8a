// SPDX-License-Identifier: Apache-2.0

/// The names of types, in a form that is the same in every process.
package enum TypeName {
    /// Returns a type's name without the address that the runtime prints for private and local types.
    package static func stable(_ name: String) -> String {
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
