// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    extension NamespaceTrie {
        /// Checks that the nodes form a tree and that each slot is in the node that its key leads to.
        ///
        /// O(nodes + slots).
        package func checkInvariants(slots: borrowing UnsafeSlotTable) throws(InvariantViolation) {
            try lists.checkInvariants()
            try ensure(nodeCount <= nodes.count && nodeCount <= lists.listCount, "each node has a list")
            try ensure(blockCount * Self.fanOut <= children.count, "each block has its children")
            let bound = Self.minimumBlocks + slotCount / Self.slotsPerBlock
            try ensure(blockCount <= bound, "\(blockCount) blocks are at most \(bound)")
            var parents = [Int](repeating: 0, count: nodeCount)
            for node in 0..<nodeCount {
                try ensure(Int(nodes[node].block) <= blockCount, "node \(node) has a block that exists")
                for digit in 0..<Self.fanOut {
                    guard let child = childNumber(node, digit) else { continue }
                    try ensure(child < nodeCount, "child \(child) of node \(node) is a node")
                    parents[child] += 1
                }
            }
            try ensure(parents[0] == 0 && parents.dropFirst().allSatisfy { $0 == 1 }, "each node has one parent")
            for node in 0..<nodeCount {
                for slot in lists.slots(in: node) {
                    let leaf = slots.withKeyBytes(slot) { leafNumber(of: $0) }
                    try ensure(leaf == node, "slot \(slot) is in node \(node), and its key leads to \(leaf)")
                }
            }
        }

        private func leafNumber(of key: UnsafeBufferPointer<UInt8>) -> Int {
            var path = NamespacePath(key, hash: hash)
            var node = 0
            while nodes[node].block != 0, let digit = path.next() {
                guard let child = childNumber(node, digit) else { return -1 }
                node = child
            }
            return node
        }
    }
#endif
