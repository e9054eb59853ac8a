// SPDX-License-Identifier: Apache-2.0

/// What depends on the number of entries: the sizes of sketch and ghosts, the quantum of lastPassed, the sample.
extension EvictionPolicy {
    /// A shadow holds about this many entries at most.
    static let sampledEntries = 1024
    /// The quantum is the smallest power of two that divides the entries into at most this many.
    private static let quanta = 2048
    /// The bits that choose the sample; the lower ones are the tag in the store's index, the upper ones the position.
    private static let firstSampleBit: UInt32 = 8

    static func quantumShift(for entries: Int) -> Int {
        var shift = 0
        while entries >> shift > quanta { shift += 1 }
        return shift
    }

    /// More entries than expected, as happens when they have costs: everything is measured for twice as many.
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

    /// Begins to try the experts, on a sample that suits the number of entries.
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

    /// What tries the experts.
    var shadows: ShadowCaches {
        unsafeAddress { UnsafePointer(shadowBox.address) }
        nonmutating unsafeMutableAddress { shadowBox.address }
    }

    /// Lets the shadows see an access to a key of the sample.
    ///
    /// What they make of it counts from the next miss on. Other threads may count hits meanwhile, but do this one after
    /// the other.
    @usableFromInline
    package func sample(_ hash: UInt32) {
        if !shadows.hit(hash) { shadows.access(hash, sketch: sketch) }
    }

    /// Lets the shadows see accesses to keys that were in the sample when they were noted.
    func sample(_ hashes: UnsafeBufferPointer<UInt32>) {
        for hash in hashes where isSampled(hash) { sample(hash) }
    }

    /// Follows the expert that did best in the shadows.
    mutating func followShadows() {
        if feedsShadows, shadows.current != expert { expert = shadows.current }
    }

    /// Counts the entries whose keys are in the sample.
    func noteResident(_ hash: UInt32, _ change: Int) {
        if isSampled(hash) { shadows.resident += change }
    }
}
