// SPDX-License-Identifier: Apache-2.0

import Caching

/// A tour of invalidation after writes to the database: by key, by tag, by pattern.
struct InvalidationTour {
    let shop: ShopService
    let database: Database
    private static let shoes = ["shoes:1", "shoes:2"]
    private static let hats = ["hats:1"]
    private static let all = shoes + hats

    func show() async throws {
        Console.say("Invalidation of \(Self.all.joined(separator: ", "))")
        try await read("first read")
        try await read("read again")
        database.write(["shoes:1"])
        try await read("write shoes:1 only")
        try await shop.$item.invalidate("shoes:1")
        try await read("invalidate the key")
        database.write(Self.shoes)
        try await cache.invalidate(tag: "department:shoes")
        try await read("write, invalidate a tag")
        database.write(Self.all)
        try await cache.invalidate("items:*:1")
        try await read("write, pattern items:*:1")
    }

    /// Reads all items and prints the number of loads.
    private func read(_ title: String) async throws {
        let loadsBefore = database.loads
        var versions: [String] = []
        for key in Self.all { versions.append("\(key) v\(try await shop.item(key).version)") }
        let loads = database.loads - loadsBefore
        Console.row(title, "\(loads) \(loads == 1 ? "load" : "loads"): \(versions.joined(separator: ", "))")
    }
}
