// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

@Suite("The bound on operations of a backend")
struct OperationGateTests {
    private typealias Release = OperationGate.Release

    @Test func `operations beyond the bound wait in their order until others end`() {
        var gate = OperationGate()
        for number in 0..<UInt64(OperationGate.maximumRunning) {
            let entrance = gate.enter(number)
            #expect(entrance == .granted)
        }
        for number: UInt64 in [5001, 5002, 5003] {
            let entrance = gate.enter(number)
            #expect(entrance == .queued)
        }
        gate.withdraw(5002)
        let first = gate.end()
        let second = gate.end()
        let third = gate.end()
        #expect(first == Release(granted: [5001]))
        #expect(second == Release(granted: [5003]))
        #expect(third == Release())
        #expect(gate.running == OperationGate.maximumRunning - 1)
    }

    @Test func `too many abandoned operations refuse further ones until they return`() {
        var gate = OperationGate()
        for number in 0..<UInt64(OperationGate.maximumAbandoned) {
            _ = gate.enter(number)
            _ = gate.abandon()
        }
        #expect(gate.running == 0)
        #expect(gate.abandoned == OperationGate.maximumAbandoned)
        let refused = gate.enter(1000)
        #expect(refused == .refused)
        gate.returned()
        let granted = gate.enter(1001)
        #expect(granted == .granted)
    }

    @Test func `operations that wait are refused when the backend turns out to hang`() {
        var gate = OperationGate()
        for number in 0..<UInt64(OperationGate.maximumRunning) { _ = gate.enter(number) }
        let queued = gate.enter(9000)
        #expect(queued == .queued)
        var refused: [UInt64] = []
        var granted: [UInt64] = []
        for _ in 0..<OperationGate.maximumAbandoned {
            let release = gate.abandon()
            refused += release.refused
            granted += release.granted
        }
        // It takes the place of the first abandoned operation.
        #expect(granted == [9000])
        #expect(refused == [])
    }

    /// Random calls in any order keep the bounds, and every queued operation is granted, refused or withdrawn once.
    @Test(arguments: [UInt64.random(in: 0 ... .max)])
    func randomCallsKeepTheBounds(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var gate = OperationGate()
        var queued: Set<UInt64> = []
        var running = 0
        var abandoned = 0
        for number in 0..<UInt64(50_000) {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<6:
                switch gate.enter(number) {
                case .granted: running += 1
                case .queued: queued.insert(number)
                case .refused: #expect(abandoned >= OperationGate.maximumAbandoned, "seed \(seed)")
                }
            case 6..<8 where running > 0:
                let gives = Int.random(in: 0..<20, using: &random) == 0
                running -= 1
                if gives { abandoned += 1 }
                let release = gives ? gate.abandon() : gate.end()
                for granted in release.granted { #expect(queued.remove(granted) != nil, "seed \(seed)") }
                for refused in release.refused { #expect(queued.remove(refused) != nil, "seed \(seed)") }
                running += release.granted.count
            case 8 where !queued.isEmpty:
                guard let leaver = queued.randomElement(using: &random) else { continue }
                queued.remove(leaver)
                gate.withdraw(leaver)
            case 9 where abandoned > 0:
                abandoned -= 1
                gate.returned()
            default: break
            }
            #expect(gate.running == running && gate.abandoned == abandoned, "seed \(seed)")
            #expect(running <= OperationGate.maximumRunning, "seed \(seed)")
        }
    }
}
