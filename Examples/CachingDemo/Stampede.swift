// SPDX-License-Identifier: Apache-2.0

/// A stampede: a thousand callers request one cold key at once.
struct Stampede {
    let shop: ShopService
    let database: Database
    private static let callers = 1000

    func show() async throws {
        let loadsBefore = database.loads
        let clock = ContinuousClock()
        let start = clock.now
        try await withThrowingTaskGroup(of: Item.self) { group in
            for _ in 0..<Self.callers {
                group.addTask { [shop] in try await shop.item("stampede:1") }
            }
            for try await _ in group {}
        }
        Console.say("A stampede of \(Console.count(Self.callers)) callers on one cold key")
        Console.row("loads", "\(database.loads - loadsBefore)")
        Console.row("time for all", Console.time(clock.now - start))
        Console.say()
    }
}
