// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The scripts of a server, and the position of each connection in its script.
final class ScriptPlayer: Sendable {
    private struct State {
        var places: [Int: Int] = [:]
        var mismatches: [String] = []
    }

    private let scripts: [[ScriptedServer.Step]]
    private let state = Mutex(State())

    init(_ scripts: [[ScriptedServer.Step]]) { self.scripts = scripts }

    var mismatches: [String] { state.withLock(\.mismatches) }

    @Sendable func answer(_ command: [String], _ number: Int) -> ScriptedServer.Reply {
        guard !scripts.isEmpty else { return .none }
        let script = scripts[min(number, scripts.count) - 1]
        return state.withLock { state in
            let place = state.places[number, default: 0]
            state.places[number] = place + 1
            guard place < script.count else { return .none }
            let step = script[place]
            guard let expected = step.command, expected.uppercased() != command.first?.uppercased() else {
                return step.reply
            }
            let text = "connection \(number) expected \(expected) and got \(command.joined(separator: " "))"
            state.mismatches.append(text)
            return .error("ERR \(text)")
        }
    }
}
