// SPDX-License-Identifier: Apache-2.0

import Caching

extension BackendConformance {
    static let storageChecks: [Check] = [
        Check(name: "a key that was never set is absent") { try await $0.expectAbsent("users:1") },
        Check(name: "what was set is found") { run in
            try await run.set("users:1", "Ada")
            try await run.expect("users:1", "Ada")
            try await run.expectAbsent("users:2")
        },
        Check(name: "a nil that was set is a value and no miss") { run in
            try await run.set("users:1", nil)
            try await run.expect("users:1", nil)
        },
        Check(name: "setting a key again replaces its value") { run in
            try await run.set("users:1", "Ada")
            try await run.set("users:1", "Grace")
            try await run.expect("users:1", "Grace")
        },
        Check(name: "an entry keeps its tags and the stamp of its load") { run in
            try await run.set("users:1", "Ada", tags: ["users", "team:7"])
            let entry = try await run.backend.get("users:1")
            try run.expectEqual("tags", entry?.tags, ["users", "team:7"])
            try run.expectEqual("createdAt", entry?.createdAt, 1_780_000_000_000_000)
        },
        Check(name: "a large value survives") { run in
            let large = String(repeating: "0123456789", count: 100_000)
            try await run.set("large", large)
            try await run.expect("large", large)
        },
    ]

    static let removalChecks: [Check] = [
        Check(name: "delete removes the key and says whether it was there") { run in
            try await run.set("users:1", "Ada")
            try run.expectEqual("delete", try await run.backend.delete("users:1"), true)
            try await run.expectAbsent("users:1")
            try run.expectEqual("the second delete", try await run.backend.delete("users:1"), false)
        },
        Check(name: "a pattern removes what matches, counts it, and leaves the rest") { run in
            for key in ["users:1", "users:2:profile", "users", "orders:1"] { try await run.set(key, key) }
            try run.expectEqual("the count", try await run.backend.invalidate("users:*"), 2)
            try await run.expectAbsent("users:1")
            try await run.expectAbsent("users:2:profile")
            try await run.expect("users", "users")
            try await run.expect("orders:1", "orders:1")
        },
        Check(name: "a star matches inside a pattern too") { run in
            for key in ["users:1:posts", "users:2:posts", "users:1:likes"] { try await run.set(key, key) }
            try run.expectEqual("the count", try await run.backend.invalidate("users:*:posts"), 2)
            try await run.expect("users:1:likes", "users:1:likes")
        },
        Check(name: "a pattern without a star names one key") { run in
            try await run.set("users:1", "Ada")
            try await run.set("users:10", "Grace")
            try run.expectEqual("the count", try await run.backend.invalidate("users:1"), 1)
            try await run.expect("users:10", "Grace")
        },
        Check(name: "a pattern that matches nothing removes nothing") { run in
            try await run.set("users:1", "Ada")
            try run.expectEqual("the count", try await run.backend.invalidate("orders:*"), 0)
            try await run.expect("users:1", "Ada")
        },
        Check(name: "clear removes everything") { run in
            for number in 0..<50 { try await run.set("key:\(number)", "value") }
            try await run.backend.clear()
            for number in 0..<50 { try await run.expectAbsent("key:\(number)") }
            try await run.set("key:1", "again")
            try await run.expect("key:1", "again")
        },
        Check(name: "a tag removes what carries it, where the backend knows tags") { run in
            guard let backend = run.backend as? any TagInvalidatingBackend else { return }
            try await run.set("users:1", "Ada", tags: ["users", "team:7"])
            try await run.set("users:2", "Grace", tags: ["users"])
            try await run.set("users:3", "Jean")
            if let count = try await backend.invalidate(tag: "team:7") { try run.expectEqual("the count", count, 1) }
            try await run.expectAbsent("users:1")
            try await run.expect("users:2", "Grace")
            try await run.expect("users:3", "Jean")
        },
    ]

    static let expiryChecks: [Check] = [
        Check(name: "an entry is there until its lifetime is over and absent from then on") { run in
            try await run.set("users:1", "Ada", ttl: .seconds(10))
            try await run.elapse(.seconds(8))
            try await run.expect("users:1", "Ada")
            try await run.elapse(.seconds(3))
            try await run.expectAbsent("users:1")
        },
        Check(name: "a lifetime below a second works") { run in
            try await run.set("users:1", "Ada", ttl: .milliseconds(300))
            try await run.expect("users:1", "Ada")
            try await run.elapse(.milliseconds(400))
            try await run.expectAbsent("users:1")
        },
        Check(name: "an entry without a lifetime stays") { run in
            try await run.set("users:1", "Ada", ttl: nil)
            try await run.elapse(.seconds(20))
            try await run.expect("users:1", "Ada")
        },
        Check(name: "a lifetime beyond all clocks does not overflow") { run in
            try await run.set("users:1", "Ada", ttl: .nanoseconds(Int64.max))
            try await run.elapse(.seconds(1))
            try await run.expect("users:1", "Ada")
        },
        Check(name: "setting a key again starts a new lifetime") { run in
            try await run.set("users:1", "Ada", ttl: .seconds(10))
            try await run.elapse(.seconds(8))
            try await run.set("users:1", "Grace", ttl: .seconds(10))
            try await run.elapse(.seconds(8))
            try await run.expect("users:1", "Grace")
        },
        Check(name: "what has expired can be set again") { run in
            try await run.set("users:1", "Ada", ttl: .seconds(1))
            try await run.elapse(.seconds(2))
            try await run.set("users:1", "Grace", ttl: .seconds(10))
            try await run.expect("users:1", "Grace")
        },
        Check(name: "what has expired is not counted by delete, pattern or tag") { run in
            try await run.set("users:1", "Ada", ttl: .seconds(1), tags: ["users"])
            try await run.set("users:2", "Grace", ttl: .seconds(1), tags: ["users"])
            try await run.set("users:3", "Jean", ttl: .seconds(1), tags: ["users"])
            try await run.elapse(.seconds(2))
            try run.expectEqual("delete", try await run.backend.delete("users:1"), false)
            try run.expectEqual("invalidate", try await run.backend.invalidate("users:2*"), 0)
            guard let backend = run.backend as? any TagInvalidatingBackend else { return }
            if let count = try await backend.invalidate(tag: "users") {
                try run.expectEqual("invalidate(tag:)", count, 0)
            }
        },
    ]

    static let hostileKeyChecks: [Check] = [
        Check(name: "what means something to globs, files and protocols is an ordinary character in a key") { run in
            let keys = [
                "a*b", "a?b", "a[b]", "a\\b", "a/b", "../a", ".", "..", "a b", "a:b", "a%b", "a%2Ab", "$a", "'a\"", "é",
                "e\u{301}",
                "日本", "👩‍👩‍👧", "A", "a", "~", "-", "NUL", "con.txt",
            ]
            for (number, key) in keys.enumerated() { try await run.set(key, "\(number)") }
            for (number, key) in keys.enumerated() { try await run.expect(key, "\(number)") }
            try run.expectEqual("invalidate(a[b]*)", try await run.backend.invalidate("a[b]*"), 1)
            try run.expectEqual("invalidate(a?b)", try await run.backend.invalidate("a?b"), 1)
            try await run.expect("a*b", "0")
        },
        Check(name: "a key of 1,024 bytes works, and one that differs in its last byte is another") { run in
            let stem = String(repeating: "k", count: 1023)
            try await run.set(stem + "1", "one")
            try await run.set(stem + "2", "two")
            try await run.expect(stem + "1", "one")
            try await run.expect(stem + "2", "two")
        },
    ]

    static let concurrencyChecks: [Check] = [
        Check(name: "many tasks can use it at once") { run in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<8 {
                    group.addTask {
                        for number in 0..<50 {
                            let key = "task:\(task):\(number)"
                            try await run.set(key, key)
                            try await run.expect(key, key)
                            if number % 5 == 0 { try await run.backend.delete(key) }
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await run.expectAbsent("task:3:10")
            try await run.expect("task:3:11", "task:3:11")
        }
    ]
}
