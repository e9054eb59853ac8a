// SPDX-License-Identifier: Apache-2.0

/// A hash from which the tables of the policy take positions and fingerprints.
///
/// An entry keeps 32 bits of the hash of its key. The finaliser of SplitMix64 (Steele, Lea, Flood: Fast Splittable
/// Pseudorandom Number Generators, OOPSLA 2014) spreads them over 64, so that sketch, ghosts and shadows use independent
/// bits.
package struct PolicyHash {
    package let bits: UInt64

    package init(_ hash: UInt32) {
        var bits = UInt64(hash) &+ 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        self.bits = bits ^ (bits >> 31)
    }

    /// Returns a number below `count`, which need not be a power of two, by multiplication instead of a remainder.
    package static func reduce(_ bits: UInt64, below count: Int) -> Int {
        Int(truncatingIfNeeded: ((bits >> 32) &* UInt64(truncatingIfNeeded: count)) >> 32)
    }
}
