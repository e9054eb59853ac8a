// SPDX-License-Identifier: Apache-2.0

/// What an entry costs in a memory backend that is bounded by cost.
struct CostMeasure: Sendable {
    private let custom: (@Sendable (String, any Sendable) -> Int)?

    /// The bytes of the key and of the encoded value.
    static let encodedSize = CostMeasure(custom: nil)

    init(custom: (@Sendable (String, any Sendable) -> Int)?) { self.custom = custom }

    /// At least 1; more than 32 bits can count is as much as they can.
    func cost(of value: StoredValue, key: String) throws -> Int {
        let cost = try custom.map { $0(key, value.anyValue) } ?? value.encodedSize() + key.utf8.count
        return min(max(1, cost), Int(UInt32.max))
    }
}
