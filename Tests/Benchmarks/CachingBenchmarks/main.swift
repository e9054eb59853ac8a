// SPDX-License-Identifier: Apache-2.0

// Top-level code runs on the main actor, which the rows "from the main actor" require.
let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case nil: try await HitBenchmark.run(rounds: 7)
case "hit":
    let numbers = arguments.dropFirst().compactMap { Int($0) }.filter { $0 > 0 }
    guard numbers.count == arguments.count - 1, numbers.count <= 2 else {
        Output.fail(
            "hit takes [ROUNDS [CAPACITY]], two numbers from 1; given: \(arguments.dropFirst().joined(separator: " "))"
        )
    }
    try await HitBenchmark.run(rounds: numbers.first ?? 7, capacity: numbers.dropFirst().first ?? 10_000)
case "joiners": try await JoinerBenchmark.run(rounds: 7)
case "misses": try await MissBenchmark.run(rounds: 7)
case "redis":
    let numbers = arguments.dropFirst().compactMap { Int($0) }.filter { $0 > 0 }
    guard numbers.count == arguments.count - 1, numbers.count <= 1 else {
        Output.fail("redis takes [ROUNDS], a number from 1; given: \(arguments.dropFirst().joined(separator: " "))")
    }
    do { try await RedisBenchmark.run(rounds: numbers.first ?? 5) } catch { Output.fail("\(error)", code: 1) }
case "--help", "-h": Output.line(Commands.help)
case .some(let name): if !Commands.run(name, arguments.dropFirst()) { Commands.failUnknown(name) }
}
if arguments.isEmpty {
    try await JoinerBenchmark.run(rounds: 7)
    try await MissBenchmark.run(rounds: 7)
}
