// SPDX-License-Identifier: Apache-2.0

/// Returns a pseudorandom hash of a number, the same in each run; different numbers have different hashes.
func mixedHash(_ number: Int) -> UInt32 {
    var bits = UInt32(truncatingIfNeeded: number) &+ 0x9E37_79B9
    bits = (bits ^ (bits >> 16)) &* 0x85EB_CA6B
    bits = (bits ^ (bits >> 13)) &* 0xC2B2_AE35
    return bits ^ (bits >> 16)
}
