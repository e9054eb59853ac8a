// SPDX-License-Identifier: Apache-2.0

/// The window and the main queue of each shadow, as rings of record numbers in one piece of memory.
///
/// The algorithm is that of ``EvictionPolicy``, without costs, ghosts and removals.
struct ShadowQueues: ~Copyable, Sendable {
    struct Ring {
        let start: Int
        let size: Int
        var head = 0
        var count = 0

        func first(_ memory: borrowing UnsafeColumn<Int, UInt16>) -> Int { Int(memory[start + head]) }

        mutating func push(_ record: Int, _ memory: borrowing UnsafeColumn<Int, UInt16>) {
            var place = head + count
            if place >= size { place -= size }
            memory[start + place] = UInt16(truncatingIfNeeded: record)
            count += 1
        }

        mutating func pop(_ memory: borrowing UnsafeColumn<Int, UInt16>) -> Int {
            let record = first(memory)
            head = head + 1 < size ? head + 1 : 0
            count -= 1
            return record
        }
    }

    struct Shadow {
        var window: Ring
        var main: Ring
        var windowCapacity = 1
        var count: Int { window.count + main.count }
    }

    let memory: UnsafeColumn<Int, UInt16>
    private(set) var shadows: [Shadow] = []
    private(set) var capacity: Int

    /// Creates queues for up to this many entries for each expert.
    init(entries: Int) {
        capacity = entries
        memory = UnsafeColumn(count: Expert.allCases.count * entries * 2)
        for expert in Expert.allCases {
            let start = expert.rawValue * entries * 2
            shadows.append(
                Shadow(window: Ring(start: start, size: entries), main: Ring(start: start + entries, size: entries))
            )
        }
    }

    /// Changes the capacity of each shadow; ``shrink(_:_:)`` drops the entries beyond it.
    mutating func resize(to capacity: Int) {
        self.capacity = capacity
        for expert in Expert.allCases { shadows[expert.rawValue].windowCapacity = expert.window(of: capacity) }
    }

    mutating func shrink(_ expert: Expert, _ directory: inout ShadowDirectory) {
        let windowCapacity = shadows[expert.rawValue].windowCapacity
        while shadows[expert.rawValue].window.count > windowCapacity {
            directory.leave(shadows[expert.rawValue].window.pop(memory), expert)
        }
        while shadows[expert.rawValue].main.count > capacity - windowCapacity, mainVictim(expert, directory) != nil {
            directory.leave(shadows[expert.rawValue].main.pop(memory), expert)
        }
    }

    mutating func insert(_ record: Int, _ expert: Expert, _ directory: inout ShadowDirectory) {
        directory.enterWindow(record, expert)
        shadows[expert.rawValue].window.push(record, memory)
    }

    /// Drops the oldest entry of a shadow.
    mutating func dropOldest(_ expert: Expert, _ directory: inout ShadowDirectory) {
        if shadows[expert.rawValue].window.count > 1 || shadows[expert.rawValue].main.count == 0 {
            guard shadows[expert.rawValue].window.count > 0 else { return }
            directory.leave(shadows[expert.rawValue].window.pop(memory), expert)
        } else {
            directory.leave(shadows[expert.rawValue].main.pop(memory), expert)
        }
    }

    /// Makes room for one entry in the window.
    mutating func makeRoom(
        _ expert: Expert,
        _ directory: inout ShadowDirectory,
        clock: UInt32,
        sketch: borrowing FrequencySketch
    ) {
        let number = expert.rawValue
        let windowCapacity = shadows[number].windowCapacity
        while shadows[number].count >= capacity || shadows[number].window.count >= windowCapacity {
            guard shadows[number].window.count >= windowCapacity || shadows[number].main.count == 0 else {
                guard mainVictim(expert, directory) != nil else { return }
                directory.leave(shadows[number].main.pop(memory), expert)
                continue
            }
            let candidate = shadows[number].window.pop(memory)
            if directory.count(candidate, expert) != 0 {
                directory.clearCount(candidate, expert)
                shadows[number].window.push(candidate, memory)
            } else if shadows[number].main.count < capacity - windowCapacity {
                enterMain(candidate, expert, &directory)
            } else if let victim = mainVictim(expert, directory),
                admits(candidate, insteadOf: victim, expert, directory, clock: clock, sketch: sketch)
            {
                directory.leave(shadows[number].main.pop(memory), expert)
                enterMain(candidate, expert, &directory)
            } else {
                directory.leave(candidate, expert)
            }
        }
    }

    private mutating func enterMain(_ record: Int, _ expert: Expert, _ directory: inout ShadowDirectory) {
        directory.enterMain(record, expert)
        shadows[expert.rawValue].main.push(record, memory)
    }

    private func admits(
        _ candidate: Int,
        insteadOf victim: Int,
        _ expert: Expert,
        _ directory: borrowing ShadowDirectory,
        clock: UInt32,
        sketch: borrowing FrequencySketch
    ) -> Bool {
        if expert.admitsByFrequency {
            return sketch.estimate(PolicyHash(directory.hash(candidate)))
                > sketch.estimate(PolicyHash(directory.hash(victim)))
        }
        let absence = UInt32(directory.absence(candidate))
        return absence != 0 && absence * 8 < clock &- directory.lastAccess(victim)
    }

    /// Returns the oldest entry of the main queue without hits, which is then at its head.
    private mutating func mainVictim(_ expert: Expert, _ directory: borrowing ShadowDirectory) -> Int? {
        let number = expert.rawValue
        while shadows[number].main.count > 0 {
            let record = shadows[number].main.first(memory)
            guard directory.count(record, expert) != 0 else { return record }
            directory.decrementCount(record, expert)
            _ = shadows[number].main.pop(memory)
            shadows[number].main.push(record, memory)
        }
        return nil
    }
}
