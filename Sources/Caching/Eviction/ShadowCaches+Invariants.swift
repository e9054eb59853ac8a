// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    extension ShadowCaches {
        /// Checks that the queues and the directory of the shadows agree.
        ///
        /// O(records).
        package func checkInvariants() throws(InvariantViolation) {
            try directory.checkInvariants()
            try ensure(
                capacity >= 1 && capacity <= nominalCapacity + nominalCapacity / 4,
                "\(capacity) suits \(nominalCapacity) entries"
            )
            for expert in Expert.allCases { try queues.checkInvariants(expert, directory) }
        }

        /// Returns the experts whose shadows hold a key, or nil when it has no record.
        package func holders(of hash: UInt32) -> [Expert]? {
            directory.find(hash).map { record in Expert.allCases.filter { directory.isResident(record, $0) } }
        }
    }

    extension ShadowQueues {
        /// Checks that each entry is in the queues of an expert once, and that the directory has the right queue.
        func checkInvariants(
            _ expert: Expert,
            _ directory: borrowing ShadowDirectory
        ) throws(InvariantViolation) {
            let shadow = shadows[expert.rawValue]
            try ensure(shadow.count <= capacity, "the shadow of \(expert) holds \(shadow.count) of \(capacity)")
            try ensure(shadow.windowCapacity == expert.window(of: capacity), "the window of \(expert) has its share")
            try ensure(shadow.window.count <= shadow.windowCapacity, "the window of \(expert) is not too large")
            var seen = Set<Int>()
            for (ring, state) in [(shadow.window, ShadowDirectory.inWindow), (shadow.main, ShadowDirectory.inMain)] {
                try ensure(ring.count >= 0 && ring.count <= ring.size, "a ring holds 0 to \(ring.size): \(ring.count)")
                for offset in 0..<ring.count {
                    let record = Int(memory[ring.start + (ring.head + offset) % ring.size])
                    try ensure(seen.insert(record).inserted, "record \(record) is once in the queues of \(expert)")
                    let known = directory.state(record, expert) & ~ShadowDirectory.countMask
                    try ensure(known == state, "record \(record) knows its queue in \(expert)")
                }
            }
            let resident = (0..<directory.used).count { directory.isResident($0, expert) }
            try ensure(resident == shadow.count, "\(resident) records are resident in \(expert), as counted")
        }
    }

    extension ShadowDirectory {
        /// Checks that each record is found under its hash.
        func checkInvariants() throws(InvariantViolation) {
            var seen = Set<Int>()
            var hashes = Set<UInt32>()
            for head in 0..<heads.count {
                var record = heads[head]
                while record != Self.none {
                    try ensure(Int(record) < used, "record \(record) is in use")
                    try ensure(seen.insert(Int(record)).inserted, "record \(record) is in one chain, once")
                    let hash = records[Int(record)].hash
                    try ensure(self.head(hash) == head, "record \(record) is in the chain of its hash")
                    try ensure(hashes.insert(hash).inserted, "the hash \(hash) has one record")
                    record = records[Int(record)].next
                }
            }
            try ensure(seen.count == used, "\(seen.count) records are in chains, of \(used)")
        }
    }
#endif
