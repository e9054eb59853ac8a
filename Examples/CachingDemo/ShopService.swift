// SPDX-License-Identifier: Apache-2.0

import Caching

/// The service, with one cached function.
struct ShopService: Sendable {
    @Cached(key: { "items:\($0)" }, tags: .from { ["department:\(Item.department(of: $0))"] })
    var item: @Sendable (String) async throws -> Item

    init(database: Database) {
        item = { try await database.item($0) }
    }
}

/// The result of the service.
struct Item: Codable, Sendable {
    let key: String
    let version: Int

    /// Returns the part of a key before its last colon: `shoes` for `shoes:1`.
    static func department(of key: String) -> String {
        key.lastIndex(of: ":").map { String(key[..<$0]) } ?? "all"
    }
}
