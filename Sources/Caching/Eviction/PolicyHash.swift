// SPDX-License-Identifier: Apache-2.0

/// The bits that the policy's tables take their positions and fingerprints from.
///
/// An entry keeps 32 bits of its key's hash. They are spread over 64 by the finaliser of SplitMix64 (Steele, Lea,
/// Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014), so that sketch, ghosts and shadows use bits
/// that do not depend on each other.
package struct PolicyHash {
    package let bits: UInt64

    package init(_ hash: UInt32) {
        var bits = UInt64(hash) &+ 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        self.bits = bits ^ (bits >> 31)
    }

    /// A number below `count`, by multiplication instead of a remainder: any count will do, not only powers of two.
    package static func reduce(_ bits: UInt64, below count: Int) -> Int {
        Int(truncatingIfNeeded: ((bits >> 32) &* UInt64(truncatingIfNeeded: count)) >> 32)
    }
}
