import Caching
func profileCached() async throws {
    try await CacheManager.configure(["default": ["ttl": 3600]])
    let function = cached(ttl: 3600, key: shortKey) { (id: Int) in try await loadUser(id) }
    let t = Task.detached { () -> Int in
        var sum = 0
        for call in 0..<20_000_000 { sum &+= try await function(call & 1023).id }
        return sum
    }
    let start = ContinuousClock.now
    print(try await t.value, (ContinuousClock.now - start) / 20_000_000)
}
func profileAnnotated() async throws {
    try await CacheManager.configure(["default": ["ttl": 3600]])
    let service = AnnotatedService(shortKey)
    let t = Task.detached { () -> Int in
        var sum = 0
        for call in 0..<20_000_000 { sum &+= try await service.user(call & 1023).id }
        return sum
    }
    let start = ContinuousClock.now
    print(try await t.value, (ContinuousClock.now - start) / 20_000_000)
}
func profileHand() async throws {
    let hand = HandWrittenCache(shortKey)
    let t = Task.detached { () -> Int in
        var sum = 0
        for call in 0..<20_000_000 { sum &+= try await hand.user(call & 1023).id }
        return sum
    }
    let start = ContinuousClock.now
    print(try await t.value, (ContinuousClock.now - start) / 20_000_000)
}
