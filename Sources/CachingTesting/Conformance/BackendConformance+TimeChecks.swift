// SPDX-License-Identifier: Apache-2.0

import Caching

extension BackendConformance {
    static let timeChecks: [Check] = [
        Check(name: "an entry that is always fresh comes back as one") { run in
            try await run.set("users:1", "Ada", ttl: nil)
            let entry = try await run.backend.get("users:1")
            try run.expectEqual("freshUntil", entry?.freshUntil, nil)
            try run.expectEqual("expiresAt", entry?.expiresAt, nil)
        },
        Check(name: "an entry keeps how long it is fresh, and its stale window after that") { run in
            let (fresh, gone) = (ConformanceRun.createdAt + 1_000_000, ConformanceRun.createdAt + 3_000_000)
            let entry = run.entry("Ada", freshUntil: fresh, expiresAt: gone)
            try await run.backend.set("users:1", entry, ttl: .seconds(3))
            let early = try await run.times("users:1")
            try run.expectEqual("the stale window in microseconds", early.expiresAt - early.freshUntil, 2_000_000)
            try await run.elapse(.seconds(2))
            try await run.expect("users:1", "Ada")
            let late = try await run.times("users:1")
            // A backend with a clock of its own may read it a little later.
            guard abs(late.freshUntil - early.freshUntil) < 100_000 else {
                throw ContractViolation(
                    "freshUntil was \(early.freshUntil), and is \(late.freshUntil) two seconds later"
                )
            }
            try run.expectEqual("the stale window in microseconds", late.expiresAt - late.freshUntil, 2_000_000)
            try await run.elapse(.seconds(2))
            try await run.expectAbsent("users:1")
        },
        Check(name: "an entry with extreme times is refused, or is what it was") { run in
            let extremes: [(Int64, Int64?, Int64?)] = [
                (.max, nil, nil), (.min, nil, nil), (0, .min, .max - 1), (0, .min, nil), (.max, .max - 1, .max - 1),
                (.min, .min, .min + 1), (0, .max - 1, .min), (-1, nil, 0),
            ]
            for (number, times) in extremes.enumerated() {
                let key = "extreme:\(number)"
                let entry = run.entry(key, createdAt: times.0, freshUntil: times.1, expiresAt: times.2)
                // A backend may refuse an entry, because it must not write what it could not read back.
                do { try await run.backend.set(key, entry, ttl: .seconds(3600)) } catch { continue }
                guard let found = try await run.backend.get(key) else { continue }
                try run.expectEqual("createdAt", found.createdAt, times.0)
                try await run.expect(key, key)
            }
        },
    ]
}

extension ConformanceRun {
    /// Returns the times of an entry, and throws unless it exists and has both.
    fileprivate func times(_ key: String) async throws -> (freshUntil: Int64, expiresAt: Int64) {
        guard let entry = try await backend.get(key) else { throw ContractViolation("\(key) is missing") }
        guard let freshUntil = entry.freshUntil, let expiresAt = entry.expiresAt else {
            throw ContractViolation("\(key) has lost the time until which it is fresh, or that at which it is gone")
        }
        return (freshUntil, expiresAt)
    }
}
