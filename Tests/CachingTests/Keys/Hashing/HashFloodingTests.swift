// SPDX-License-Identifier: Apache-2.0

#if CACHING_INVARIANTS
    import Caching
    import CachingTesting
    import Testing

    /// Keys that an attacker chose to collide cost no more than others, because the hash has secrets.
    @Suite("Hash flooding")
    struct HashFloodingTests {
        /// Keys that begin with the bytes of the known secret 1, so that a factor becomes zero and cancels the other factor.
        private static let cancelling: [String] = (0..<2000).map { number in
            let letters = (0..<8).map { UInt8(ascii: "A") + UInt8(number >> ($0 * 2) & 3) }
            return String(decoding: [1, 0, 0, 0, 0, 0, 0, 0] + letters, as: UTF8.self)
        }

        private static func fnv1a(_ text: some Sequence<UInt8>, _ state: UInt32 = 0x811C_9DC5) -> UInt32 {
            text.reduce(state) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        }

        /// Texts with the same 32-bit FNV-1a hash: seven blocks, each one of two that lead to the same state.
        private static let fnvCollisions: [String] = {
            var keys: [[UInt8]] = [[]]
            var state: UInt32 = 0x811C_9DC5
            for _ in 0..<7 {
                let (first, second) = collidingBlocks(from: state)
                state = fnv1a(first, state)
                keys = keys.map { $0 + first } + keys.map { $0 + second }
            }
            return keys.map { String(decoding: $0, as: UTF8.self) }
        }()

        /// Returns two blocks that lead to the same state, after some 80,000 attempts by the birthday paradox.
        private static func collidingBlocks(from state: UInt32) -> ([UInt8], [UInt8]) {
            func block(_ number: UInt32) -> [UInt8] { (0..<6).map { 97 + UInt8(number >> ($0 * 4) & 15) } }
            var numbers: [UInt32: UInt32] = [:]
            var number: UInt32 = 0
            while true {
                // The hash of the block, without closures, because this loop takes most of the time of the test.
                var end = state
                var rest = number
                var letters = 6
                while letters > 0 {
                    end = (end ^ (97 + rest & 15)) &* 0x0100_0193
                    rest >>= 4
                    letters -= 1
                }
                if let other = numbers.updateValue(number, forKey: end) { return (block(other), block(number)) }
                number += 1
            }
        }

        private func store(_ keys: [String], hash: KeyHash) -> MemoryBackend {
            let backend = MemoryBackend(capacity: .entries(keys.count * 2), clock: ManualClock(), hash: hash)
            for key in keys { backend.insert(0, for: key) }
            return backend
        }

        @Test func `keys that collide without secrets do not collide with them`() {
            let keys = Self.cancelling
            let open = KeyHash(seed: 0, secret: 1)
            // Without secrets, the attack succeeds, and the check below detects it.
            #expect(Set(keys.map { open($0) }).count == 1)
            let flooded = store(Array(keys.prefix(300)), hash: open).probeLengths
            #expect(flooded.reduce(0, +) > 300 * 200)
            expectShortProbes(store(keys, hash: .shared), keys)
        }

        @Test func `keys that collide in a known hash do not collide here`() {
            let keys = Self.fnvCollisions
            #expect(keys.count == 128)
            #expect(Set(keys).count == 128)
            #expect(Set(keys.map { Self.fnv1a($0.utf8) }).count == 1)
            expectShortProbes(store(keys, hash: .shared), keys)
        }

        @Test func `the trie is not flooded either`() {
            let backend = store(Self.cancelling.map { "\($0):x" }, hash: .shared)
            #expect(backend.candidateCount(for: KeyPattern("\(Self.cancelling[0]):*")) < 600)
        }

        private func expectShortProbes(_ backend: MemoryBackend, _ keys: [String]) {
            let lengths = backend.probeLengths
            #expect(lengths.count == keys.count)
            #expect(lengths.reduce(0, +) < 20 * keys.count)
            #expect(lengths.max() ?? 0 < 200)
        }
    }
#endif
