// SPDX-License-Identifier: Apache-2.0

/// Finds the slots whose keys begin with some namespaces, without looking at the others.
///
/// A trie over the hashes of the keys' namespaces, four bits a level. A leaf is a list of slots, and is split when it
/// has become long; what has no further namespaces stays where it is. It may find slots of other namespaces with the
/// same bits, and those of a leaf that is still short: the caller compares the keys.
package struct NamespaceTrie: ~Copyable, Sendable {
    static let fanOut = 16
    /// A list this long is split.
    private static let splitLength = 256
    /// No more splits than this many and one for so many slots: namespaces that never come back must not make it grow
    /// without end.
    static let minimumBlocks = 64
    static let slotsPerBlock = 128

    struct Node: BitwiseCopyable {
        /// The number of the block of its children plus one; 0 for a leaf.
        var block: UInt32
        /// How many slots came since the length of its list was known.
        var arrivals: UInt32
    }

    private let addressOnly = AddressOnlyMarker()
    let hash: KeyHash
    private(set) var lists = SlotLists(lists: 16)
    private(set) var nodes = UnsafeColumn<Int, Node>(count: 16)
    private(set) var nodeCount = 1
    /// Node numbers, 16 in a block; 0, the root, is nobody's child and stands for none.
    private(set) var children = UnsafeColumn<Int, UInt32>(count: fanOut)
    private(set) var blockCount = 0
    /// The highest number of a slot that was filed, plus one.
    private(set) var slotCount = 0
    private var arrivalsSinceRebuild = 0

    package init(hash: KeyHash) { self.hash = hash }

    /// How many nodes there are.
    package var size: Int { nodeCount }

    /// Whether a slot is filed.
    package func contains(_ slot: Slot) -> Bool { lists.contains(slot) }

    /// Files a slot that is not filed, under its key.
    ///
    /// O(key length), amortised.
    package mutating func insert(_ slot: Slot, slots: borrowing UnsafeSlotTable) {
        slotCount = max(slotCount, slot.index + 1)
        arrivalsSinceRebuild += 1
        file(slot, slots)
    }

    /// Says that a slot will be filed or forgotten soon.
    func prefetch(_ slot: Slot) { lists.prefetch(slot) }

    /// Forgets a slot, if it is filed.
    package mutating func remove(_ slot: Slot) { lists.remove(slot) }

    /// The slots whose keys may begin with a text.
    ///
    /// - Complexity: O(slots whose keys begin with the namespaces in the text).
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

    /// Gives the slots of a leaf that has become long to children, by their next namespaces.
    private mutating func split(_ node: Int, _ slots: borrowing UnsafeSlotTable) {
        nodes[node].arrivals = 0
        guard blockCount < Self.minimumBlocks + slotCount / Self.slotsPerBlock else {
            // Most splits may have been for namespaces that are gone.
            if arrivalsSinceRebuild > 2 * slotCount { rebuild(slots) }
            return
        }
        let listed = self.slots(in: node)
        // Many of those that came may have left.
        guard listed.count > Self.splitLength / 2 else { return }
        blockCount += 1
        if blockCount * Self.fanOut > children.count { children.grow(to: children.count * 2) }
        nodes[node].block = UInt32(blockCount)
        for slot in listed {
            lists.remove(slot)
            file(slot, slots)
        }
    }

    /// Files everything anew: O(slots), at most once for twice as many arrivals.
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
