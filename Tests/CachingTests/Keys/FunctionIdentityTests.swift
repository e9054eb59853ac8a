// SPDX-License-Identifier: Apache-2.0

import Caching
import Testing

struct FunctionIdentityTests {
    @Test(arguments: [
        ("Swift.Int", "Swift.Int"),
        ("Shop.(unknown context at $7f3c1a2b).User", "Shop..User"),
        ("Swift.Array<Shop.(unknown context at $1).A>, (unknown context at $2).B", "Swift.Array<Shop..A>, .B"),
        ("Shop.(unknown context at $12", "Shop."),
        ("(unknown context)", "(unknown context)"),
        ("", ""),
    ])
    func theNameOfATypeHasNoAddress(reflected: String, stable: String) {
        #expect(FunctionIdentity.stableName(reflected) == stable)
    }

    @Test func aLocalTypeHasAStableName() {
        struct Local {}
        let name = FunctionIdentity.stableName(String(reflecting: Local.self))
        #expect(name.hasSuffix("Local"))
        #expect(!name.contains("$"))
    }

    @Test func aNamedFunctionHasTheSameKeyWhereverItIsWrapped() throws {
        let manager = CacheManager()
        let first = cached(ttl: 60, manager: manager, name: "users") { (id: Int) async in id }
        let second = cached(ttl: 60, manager: manager, name: "users") { (id: Int) async in id }
        #expect(try first.key(for: 1) == second.key(for: 1))
        #expect(try first.key(for: 1).hasPrefix("users:"))
    }

    @Test func functionsWithoutANameAreToldApartByTheirPlace() throws {
        let manager = CacheManager()
        let first = cached(ttl: 60, manager: manager) { (id: Int) async in id }
        let second = cached(ttl: 60, manager: manager) { (id: Int) async in id }
        #expect(try first.key(for: 1) != second.key(for: 1))
    }

    @Test func functionsWrappedAtOnePlaceAreToldApartByTheirTypes() throws {
        func wrap<Value: Codable & Sendable>(_ value: Value) -> CachedFunction<Int, Value> {
            cached(ttl: 60, manager: CacheManager()) { (_: Int) async in value }
        }
        #expect(try wrap(1).key(for: 1) != wrap("1").key(for: 1))
        #expect(try wrap(1).key(for: 1) == wrap(2).key(for: 1))
    }

    @Test func aNameIsEscapedInTheKey() throws {
        let function = cached(ttl: 60, manager: CacheManager(), name: "a:b*") { (id: Int) async in id }
        #expect(try function.key(for: 1).hasPrefix("a%3Ab%2A:"))
    }
}
