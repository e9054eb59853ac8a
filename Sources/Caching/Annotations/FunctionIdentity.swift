// SPDX-License-Identifier: Apache-2.0

/// The identity of a function whose key is derived from its arguments.
///
/// Either the name it was given, which is the same in every build, or the place where it was wrapped together with
/// its types, which only this process knows: in another build there may be another function at that place.
package struct FunctionIdentity: Sendable {
    /// Eight hexadecimal digits that no other process has.
    private static let process = hex(UInt32.random(in: 0 ... .max))

    let name: String?
    let scope: String?
    let fileID: String
    let line: Int
    let column: Int

    init(name: String?, scope: String? = nil, fileID: String, line: Int, column: Int) {
        self.name = name
        self.scope = scope
        self.fileID = fileID
        self.line = line
        self.column = column
    }

    /// The place where the function was wrapped, for messages.
    var location: String { "\(fileID):\(line)" }

    /// The parts of the key that stand before the digest of the arguments.
    func keyPart(types: [Any.Type]) -> String {
        KeyEscaping.join([name ?? place(types)] + [scope].compactMap { $0 })
    }

    private func place(_ types: [Any.Type]) -> String {
        // Generic code wraps many functions at one place; only their types tell them apart. Their names may have
        // addresses in them here, because no other process is to find the key.
        let names = types.map { String(reflecting: $0) }.joined(separator: ",")
        return "\(fileID)#\(line).\(column)-\(SHA256.hexDigest(of: names.utf8, bytes: 4))-\(Self.process)"
    }

    private static func hex(_ number: UInt32) -> String {
        String(UInt64(number) | 1 << 32, radix: 16).dropFirst().lowercased()
    }
}
