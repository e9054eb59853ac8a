// SPDX-License-Identifier: Apache-2.0

/// A trie over the namespaces of keys, which finds the slots in a namespace without inspecting the others.
///
/// The digits of a path are four bits of the hash of a namespace. A leaf is a list of slots and is split when it becomes
/// long; slots without further namespaces stay in the inner node. A search may also return slots of other namespaces,
/// with the same bits or in the same leaf, so the caller must compare the keys.
package struct NamespaceTrie: ~Copyable, Sendable {
    static let fanOut = 16
    /// The number of arrivals after which a leaf is split.
    private static let splitLength = 256
    /// The number of splits that are always allowed; further ones are limited by ``slotsPerBlock``.
    ///
    /// Namespaces that are never used again must not let the trie grow without bound.
    static let minimumBlocks = 64
    /// The number of slots that allow one more split.
    static let slotsPerBlock = 128

    struct Node: BitwiseCopyable {
        /// The number of the block of its children plus one; 0 for a leaf.
        var block: UInt32
        /// The number of slots that were inserted since the length of the list was known.
        var arrivals: UInt32
    }

    private let addressOnly = AddressOnlyMarker()
    let hash: KeyHash
    private(set) var lists = SlotLists(lists: 16)
    private(set) var nodes = UnsafeColumn<Int, Node>(count: 16)
    private(set) var nodeCount = 1
    /// The node numbers of children, 16 in a block; 0, the number of the root, stands for no child.
    private(set) var children = UnsafeColumn<Int, UInt32>(count: fanOut)
    private(set) var blockCount = 0
    /// The highest slot number that was inserted, plus one.
    private(set) var slotCount = 0
    private var arrivalsSinceRebuild = 0

    package init(hash: KeyHash) { self.hash = hash }

    /// The number of nodes.
    package var size: Int { nodeCount }

    /// Returns whether a slot is in the trie.
    package func contains(_ slot: Slot) -> Bool { lists.contains(slot) }

    /// Inserts a slot, which must not be in the trie, under its key.
    ///
    /// - Complexity: O(key length), amortised.
    package mutating func insert(_ slot: Slot, slots: borrowing UnsafeSlotTable) {
        slotCount = max(slotCount, slot.index + 1)
        arrivalsSinceRebuild += 1
        file(slot, slots)
    }

    /// Prefetches the cache lines of a slot.
    func prefetch(_ slot: Slot) { lists.prefetch(slot) }

    /// Removes a slot, if it is in the trie.
    package mutating func remove(_ slot: Slot) { lists.remove(slot) }

    /// Returns the slots whose keys may begin with a text.
    ///
    /// - Complexity: O(slots in the namespaces of the text).
    package func slots(withPrefix prefix: [UInt8]) -> [Slot] {
        var node = 0
        let isKnown = prefix.withUnsafeBufferPointer { bytes in
            var path = NamespacePath(bytes, hash: hash)
            while nodes[node].block != 0, let digit = path.next() {
                guard let child = childNumber(node, digit) else { return false }
                node = child
            }
            return true
        }
        guard isKnown else { return [] }
        var found: [Slot] = []
        var pending = [node]
        while let node = pending.popLast() {
            found += slots(in: node)
            for digit in 0..<Self.fanOut { if let child = childNumber(node, digit) { pending.append(child) } }
        }
        return found
    }

    private mutating func file(_ slot: Slot, _ slots: borrowing UnsafeSlotTable) {
        let node = slots.withKeyBytes(slot) { leaf(for: $0) }
        lists.insert(slot, into: node)
        nodes[node].arrivals += 1
        if nodes[node].block == 0, nodes[node].arrivals > Self.splitLength { split(node, slots) }
    }

    private mutating func leaf(for key: UnsafeBufferPointer<UInt8>) -> Int {
        var path = NamespacePath(key, hash: hash)
        var node = 0
        while nodes[node].block != 0, let digit = path.next() {
            node = childNumber(node, digit) ?? addChild(node, digit)
        }
        return node
    }

    /// Distributes the slots of a long leaf to children, by their next digits.
    private mutating func split(_ node: Int, _ slots: borrowing UnsafeSlotTable) {
        nodes[node].arrivals = 0
        guard blockCount < Self.minimumBlocks + slotCount / Self.slotsPerBlock else {
            // Most splits may have been for namespaces that no longer exist.
            if arrivalsSinceRebuild > 2 * slotCount { rebuild(slots) }
            return
        }
        let listed = self.slots(in: node)
        // Many of the slots that were inserted may have been removed.
        guard listed.count > Self.splitLength / 2 else { return }
        blockCount += 1
        if blockCount * Self.fanOut > children.count { children.grow(to: children.count * 2) }
        nodes[node].block = UInt32(blockCount)
        for slot in listed {
            lists.remove(slot)
            file(slot, slots)
        }
    }

    /// Rebuilds the trie: O(slots), at most once for twice as many arrivals.
    private mutating func rebuild(_ slots: borrowing UnsafeSlotTable) {
        arrivalsSinceRebuild = 0
        var filed: [Slot] = []
        for slot in 0..<Slot(slotCount) where lists.contains(slot) { filed.append(slot) }
        lists = SlotLists(lists: 16)
        nodes = UnsafeColumn(count: 16)
        children = UnsafeColumn(count: Self.fanOut)
        (nodeCount, blockCount) = (1, 0)
        for slot in filed { file(slot, slots) }
    }

    private func slots(in node: Int) -> [Slot] {
        var listed: [Slot] = []
        var slot = lists.first(node)
        while let current = slot {
            listed.append(current)
            slot = lists.following(current)
        }
        return listed
    }

    func childNumber(_ node: Int, _ digit: Int) -> Int? {
        guard nodes[node].block != 0 else { return nil }
        let child = children[(Int(nodes[node].block) - 1) * Self.fanOut + digit]
        return child == 0 ? nil : Int(child)
    }

    private mutating func addChild(_ node: Int, _ digit: Int) -> Int {
        if nodeCount == nodes.count {
            nodes.grow(to: nodeCount * 2)
            lists.growLists(to: nodeCount * 2)
        }
        children[(Int(nodes[node].block) - 1) * Self.fanOut + digit] = UInt32(nodeCount)
        nodeCount += 1
        return nodeCount - 1
    }
}
