// SPDX-License-Identifier: Apache-2.0

/// The parts that depend on the number of entries: the sizes of sketch and ghosts, the quantum of the miss clock, the
/// sample.
extension EvictionPolicy {
    /// The largest number of entries in a shadow, approximately.
    static let sampledEntries = 1024
    /// The largest number of quanta in as many misses as there are entries; a quantum is a power of two.
    private static let quanta = 2048
    /// The first of the bits that select the sample; the index of the store uses the lower bits as a tag and the upper ones
    /// for the position.
    private static let firstSampleBit: UInt32 = 8

    static func quantumShift(for entries: Int) -> Int {
        var shift = 0
        while entries >> shift > quanta { shift += 1 }
        return shift
    }

    /// Doubles the expected number of entries, which is only an estimate when entries have costs.
    mutating func grow() {
        guard hasCosts else { return }
        rescale(expectedEntries * 2)
    }

    mutating func rescale(_ entries: Int) {
        guard entries != expectedEntries else { return }
        expectedEntries = entries
        sketch.resize(entries: entries)
        ghosts.resize(entries: entries)
        requantise(Self.quantumShift(for: entries))
        if feedsShadows { startShadows() }
    }

    /// Converts the positions of the miss clock and the absences to a new quantum; ages stay the same.
    private mutating func requantise(_ shift: Int) {
        guard shift != quantumShift else { return }
        let old = (missClock: missClock, shift: quantumShift)
        quantumShift = shift
        let new = missClock
        func scaled(_ age: UInt16) -> UInt16 {
            UInt16(clamping: shift > old.shift ? Int(age) >> (shift - old.shift) : Int(age) << (old.shift - shift))
        }
        ghosts.mapLastSeen { new &- scaled(old.missClock &- $0) }
        for slot in usedSlots {
            lastPassed[slot] = new &- scaled(old.missClock &- lastPassed[slot])
            if absences[slot] != 0 { absences[slot] = max(1, scaled(absences[slot])) }
        }
    }

    /// Creates the shadows, on a sample that suits the number of entries.
    mutating func startShadows() {
        followShadows()
        var shift = 0
        while expectedEntries >> shift > Self.sampledEntries { shift += 1 }
        sampleMask = (1 << UInt32(shift) - 1) << Self.firstSampleBit
        sampleValue = 0
        let sampled = max(1, (expectedEntries + (1 << shift) / 2) >> shift)
        var resident = 0
        for slot in usedSlots where states[slot] & Self.isLive != 0 && hashes[slot] & sampleMask == 0 {
            resident += 1
        }
        shadows = ShadowCaches(entries: sampled, current: expert, resident: resident, isExact: shift == 0 && !hasCosts)
    }

    /// The shadows, which try the experts.
    var shadows: ShadowCaches {
        unsafeAddress { UnsafePointer(shadowBox.address) }
        nonmutating unsafeMutableAddress { shadowBox.address }
    }

    /// Replays an access to a key of the sample in the shadows.
    ///
    /// A change of the expert takes effect with the next miss. Only one thread may call it at a time; others may count
    /// hits at the same time.
    @usableFromInline
    package func sample(_ hash: UInt32) {
        if !shadows.hit(hash) { shadows.access(hash, sketch: sketch) }
    }

    /// Replays accesses in the shadows, as far as the keys are still in the sample.
    func sample(_ hashes: UnsafeBufferPointer<UInt32>) {
        for hash in hashes where isSampled(hash) { sample(hash) }
    }

    /// Follows the best expert of the shadows.
    mutating func followShadows() {
        if feedsShadows, shadows.current != expert { expert = shadows.current }
    }

    /// Changes the count of entries whose keys are in the sample.
    func noteResident(_ hash: UInt32, _ change: Int) {
        if isSampled(hash) { shadows.resident += change }
    }
}
