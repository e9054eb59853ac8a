// SPDX-License-Identifier: Apache-2.0

/// A value that is known only as bytes: what a backend outside the process returned.
package final class EncodedValue: StoredValue, @unchecked Sendable {
    // @unchecked is inherited: all there is is a constant that is Sendable.
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package override func encoded() throws -> [UInt8] { bytes }

    package override var anyValue: any Sendable { bytes }
}
