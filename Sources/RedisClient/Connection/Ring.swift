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
        elements[place(count)] = element
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
        for index in 0..<count { modify(place(index), body) }
    }

    /// Modifies an element in place, so that an array in it is not copied.
    private mutating func modify(_ place: Int, _ body: (inout Element) -> Void) {
        guard var element = elements[place].take() else { return }
        body(&element)
        elements[place] = element
    }

    private func place(_ index: Int) -> Int { (head + index) & (elements.count - 1) }

    private mutating func grow() {
        // A power of two, so that an index needs no division.
        var larger = [Element?](repeating: nil, count: max(8, elements.count * 2))
        for index in 0..<count { larger[index] = elements[place(index)] }
        elements = larger
        head = 0
    }
}
