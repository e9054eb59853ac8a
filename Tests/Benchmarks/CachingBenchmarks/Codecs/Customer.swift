// SPDX-License-Identifier: Apache-2.0

/// A user of nine fields, of which one is a struct and one an array: about 230 bytes as JSON.
struct Customer: Codable, Sendable, Equatable {
    struct Address: Codable, Sendable, Equatable {
        let street: String
        let city: String
        let postalCode: String
    }

    let id: Int
    let name: String
    let email: String
    let age: Int
    let isActive: Bool
    let balance: Double
    let nickname: String?
    let roles: [String]
    let address: Address

    static let sample = Customer(
        id: 4_815_162,
        name: "Ada Lovelace",
        email: "ada@example.com",
        age: 36,
        isActive: true,
        balance: 1234.56,
        nickname: "Countess",
        roles: ["admin", "author"],
        address: Address(street: "6 Park Row", city: "London", postalCode: "SW1Y")
    )
}
