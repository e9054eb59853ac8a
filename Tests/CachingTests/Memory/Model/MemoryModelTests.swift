// SPDX-License-Identifier: Apache-2.0

import Caching
import Foundation
import Testing

/// Comparisons of the memory backend with a dictionary.
///
/// `CACHING_MODEL_STEPS` sets the number of operations for each of the ten shapes. One million in total, optimised and with
/// invariants:
///
///     CACHING_MODEL_STEPS=100000 swift test --disable-xctest -Xswiftc -O --scratch-path .build/optimised \
///         --filter MemoryModelTests
@Suite("The memory backend and a model")
struct MemoryModelTests {
    private static let steps = ProcessInfo.processInfo.environment["CACHING_MODEL_STEPS"].flatMap(Int.init) ?? 20_000

    private static let shapes: [MemoryModelShape] = [
        .entries(1, keys: 5),
        .entries(2, keys: 20),
        .entries(30, keys: 100),
        .entries(500, keys: 3000),
        .entries(5000, keys: 20_000),
        .entries(70_000, keys: 3000),
        .cost(10, keys: 20),
        .cost(300, keys: 1000),
        .cost(4096, keys: 3000),
        .cost(20_000, keys: 5000),
    ]

    @Test("a read finds the stored value or nothing", arguments: shapes)
    func agrees(shape: MemoryModelShape) async throws {
        var run = MemoryModelRun(shape, seed: .random(in: 0 ... .max))
        try await run.run(steps: Self.steps)
    }
}
