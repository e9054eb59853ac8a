// SPDX-License-Identifier: Apache-2.0

/// A queue in a circular buffer, which grows when it is full.
struct Ring<Element> {
    private var elements: [Element?] = []
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    var first: Element? { count == 0 ? nil : elements[head] }

    /// - Complexity: Amortised O(1).
    mutating func append(_ element: Element) {
        if count == elements.count { grow() }
        elements[index(at: count)] = element
        count += 1
    }

    @discardableResult
    mutating func removeFirst() -> Element? {
        guard count > 0 else { return nil }
        defer {
            elements[head] = nil
            head = (head + 1) & (elements.count - 1)
            count -= 1
        }
        return elements[head]
    }

    mutating func modifyEach(_ body: (inout Element) -> Void) {
        for offset in 0..<count { modify(index(at: offset), body) }
    }

    /// Modifies an element in place, so that an array in it is not copied.
    private mutating func modify(_ index: Int, _ body: (inout Element) -> Void) {
        guard var element = elements[index].take() else { return }
        body(&element)
        elements[index] = element
    }

    private func index(at offset: Int) -> Int { (head + offset) & (elements.count - 1) }

    private mutating func grow() {
        // A power of two, so that an index needs no division.
        var larger = [Element?](repeating: nil, count: max(8, elements.count * 2))
        for offset in 0..<count { larger[offset] = elements[index(at: offset)] }
        elements = larger
        head = 0
    }
}
