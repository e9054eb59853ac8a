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
        #expect(TypeName.stable(reflected) == stable)
    }

    @Test func aLocalTypeHasAStableName() {
        struct Local {}
        let name = TypeName.stable(String(reflecting: Local.self))
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

    @Test func `functions wrapped in one place have different keys if their types differ`() throws {
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

    @Test func `the key of a function without a name contains an identity of the process`() throws {
        let manager = CacheManager()
        let keys = try [
            cached(ttl: 60, manager: manager) { (id: Int) async in id }.key(for: 1),
            cached(ttl: 60, manager: manager) { (id: String) async in id }.key(for: "1"),
        ]
        let identities = try keys.map { key in
            try #require(
                key.firstMatch(of: /^CachingTests\/.*#\d+\.\d+-[0-9a-f]{8}-([0-9a-f]{8}):[0-9a-f]{32}$/)?.output.1
            )
        }
        #expect(identities[0] == identities[1])
    }

    @Test func aNameKeepsTheProcessOutOfTheKey() throws {
        let key = try cached(ttl: 60, manager: CacheManager(), name: "users") { (id: Int) async in id }.key(for: 1)
        // The digest of `a1:i1;`, the same in every build.
        #expect(key == "users:" + SHA256.hexDigest(of: Array("a1:i1;".utf8), bytes: 16))
    }

    @Test func privateTypesOfOneNameAreToldApart() throws {
        func wrap<Value: Codable & Sendable>(_ value: Value) -> CachedFunction<Int, Value> {
            cached(ttl: 60, manager: CacheManager()) { (_: Int) async in value }
        }
        func first() throws -> String {
            struct Local: Codable, Sendable {}
            return try wrap(Local()).key(for: 1)
        }
        func second() throws -> String {
            struct Local: Codable, Sendable {}
            return try wrap(Local()).key(for: 1)
        }
        let keys = (try first(), try second())
        #expect(keys.0 != keys.1)
    }

    @Test func aScopeIsAPartOfTheKeyOfItsOwn() throws {
        func key(_ name: String?, _ scope: String?) throws -> String {
            try cached(ttl: 60, manager: CacheManager(), name: name, scope: scope) { (id: Int) async in id }.key(for: 1)
        }
        let digest = SHA256.hexDigest(of: Array("a1:i1;".utf8), bytes: 16)
        #expect(try key("users", "a:b*") == "users:a%3Ab%2A:\(digest)")
        #expect(try key("users", "") == "users::\(digest)")
        #expect(try key("users", nil) == "users:\(digest)")
        #expect(try key(nil, "a") != key(nil, "b"))
        #expect(try key(nil, "a").hasSuffix(":a:\(digest)"))
    }

    @Test func instancesWithScopesShareNothing() async throws {
        struct Service: Sendable {
            @Cached<Int, String> var user: @Sendable (Int) async throws -> String
            let team: CachedFunction<Int, String>

            init(_ tenant: String, _ manager: CacheManager) {
                _user = Cached(wrappedValue: { "\(tenant) \($0)" }, manager: manager, name: "user", scope: tenant)
                team = cached(tags: .from { ["\($0)"] }, manager: manager, scope: tenant) { (id: Int) async in
                    "\(tenant) \(id)"
                }
            }
        }
        let manager = CacheManager()
        for tenant in ["a", "b", "a"] {
            let service = Service(tenant, manager)
            #expect(try await service.user(1) == "\(tenant) 1")
            #expect(try await service.team(1) == "\(tenant) 1")
        }
        #expect(manager.statistics.loads == 4)
    }

    @Test func aHelperThatForwardsThePlaceKeepsFunctionsApart() async throws {
        func forwarding<Value: Codable & Sendable>(
            _ manager: CacheManager,
            fileID: String = #fileID,
            line: Int = #line,
            column: Int = #column,
            _ load: @escaping @Sendable (Int) async throws -> Value
        ) -> CachedFunction<Int, Value> {
            cached(ttl: 60, manager: manager, fileID: fileID, line: line, column: column, load)
        }
        let manager = CacheManager()
        let double = forwarding(manager) { (number: Int) async in number * 2 }
        let triple = forwarding(manager) { (number: Int) async in number * 3 }
        #expect(try await double(5) == 10)
        #expect(try await triple(5) == 15)
    }
}
