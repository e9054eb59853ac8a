// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The number that stands for a type in stored bytes.
///
/// It is the FNV-1a hash of the type's qualified name, so it is the same in every build and process. Two private types
/// with the same name and module have the same number, because the address in their runtime names is left out.
package enum TypeTag {
    private static let known = Mutex<[ObjectIdentifier: UInt64]>([:])

    /// Returns the tag of a type, never zero.
    ///
    /// - Complexity: O(1) after the first call.
    package static func of(_ type: Any.Type) -> UInt64 {
        let identifier = ObjectIdentifier(type)
        if let tag = known.withLock({ $0[identifier] }) { return tag }
        let tag = named(TypeName.stable(String(reflecting: type)))
        known.withLock { $0[identifier] = tag }
        return tag
    }

    /// Returns the tag of a type with a given name, never zero.
    package static func named(_ name: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        // Zero in stored bytes means that the writer had no tag.
        return max(1, hash)
    }
}
