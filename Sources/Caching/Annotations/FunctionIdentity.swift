// SPDX-License-Identifier: Apache-2.0

/// The place in the source where a function is declared.
struct CallSite: Sendable {
    let fileID: String
    let line: Int
    let column: Int

    init(_ fileID: String, _ line: Int, _ column: Int) {
        self.fileID = fileID
        self.line = line
        self.column = column
    }

    /// The place as it is shown in messages.
    var location: String { "\(fileID):\(line)" }
}

/// The identity of a function whose key is derived from its arguments.
///
/// A name is the same in every build. Without one, the identity is the place of the declaration together with the
/// types, and is valid in this process only: in another build another function may be declared at that place.
struct FunctionIdentity {
    /// Eight hexadecimal digits that no other process has.
    private static let process = hex(UInt32.random(in: 0 ... .max))

    let name: String?
    let scope: String?
    let site: CallSite

    /// Returns the parts of the key that stand before the digest of the arguments.
    func keyPart(types: [Any.Type]) -> String {
        KeyEscaping.join([name ?? place(types)] + [scope].compactMap { $0 })
    }

    private func place(_ types: [Any.Type]) -> String {
        // Generic code declares many functions at one place, which differ only in their types. The names of types may
        // contain addresses, because no other process is to find the key.
        let names = types.map { String(reflecting: $0) }.joined(separator: ",")
        let digest = SHA256.hexDigest(of: names.utf8, bytes: 4)
        return "\(site.fileID)#\(site.line).\(site.column)-\(digest)-\(Self.process)"
    }

    private static func hex(_ number: UInt32) -> String {
        String(UInt64(number) | 1 << 32, radix: 16).dropFirst().lowercased()
    }
}
