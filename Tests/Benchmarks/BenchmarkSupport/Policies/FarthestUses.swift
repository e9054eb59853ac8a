// SPDX-License-Identifier: Apache-2.0

/// A binary heap of the uses of keys, the farthest first.
struct FarthestUses {
    /// The time in the high bits and the key in the low ones, so that elements compare by time.
    private var heap: [UInt64] = []

    mutating func push(use: Int32, key: Int32) {
        let item = UInt64(UInt32(use)) << 32 | UInt64(UInt32(key))
        var place = heap.count
        heap.append(item)
        while place > 0, heap[(place - 1) / 2] < item {
            heap[place] = heap[(place - 1) / 2]
            place = (place - 1) / 2
        }
        heap[place] = item
    }

    mutating func pop() -> (use: Int32, key: Int32)? {
        guard let top = heap.first, let item = heap.popLast() else { return nil }
        if !heap.isEmpty {
            var place = 0
            while true {
                var child = 2 * place + 1
                guard child < heap.count else { break }
                if child + 1 < heap.count, heap[child + 1] > heap[child] { child += 1 }
                guard heap[child] > item else { break }
                heap[place] = heap[child]
                place = child
            }
            heap[place] = item
        }
        return (Int32(truncatingIfNeeded: top >> 32), Int32(truncatingIfNeeded: top & 0xFFFF_FFFF))
    }
}
