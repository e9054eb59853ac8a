// SPDX-License-Identifier: Apache-2.0

// A Swift script's top level runs on the main actor, which is what the rows "from the main actor" need.
let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case nil: try await HitBenchmark.run(rounds: 7)
case "hit": try await HitBenchmark.run(rounds: arguments.dropFirst().first.flatMap { Int($0) } ?? 7)
case "joiners": try await JoinerBenchmark.run(rounds: 7)
case "--help", "-h": Output.line(Commands.help)
case .some(let name): if !Commands.run(name, arguments.dropFirst()) { Commands.failUnknown(name) }
}
if arguments.isEmpty { try await JoinerBenchmark.run(rounds: 7) }
