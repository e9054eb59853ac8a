// SPDX-License-Identifier: Apache-2.0

import Caching
import CachingTesting
import Synchronization
import Testing

// Stand-ins for the declarations of an OpenAPI client that the guide uses.
struct HTTPRequest: Sendable {
    enum Method: Sendable { case get, post }
    var method = Method.get
    var path: String
}

struct HTTPResponse: Sendable {
    var status = 200
    var text: String
}

protocol ClientMiddleware: Sendable {
    func intercept(
        _ request: HTTPRequest,
        operationID: String,
        next: (HTTPRequest) async throws -> HTTPResponse
    ) async throws -> HTTPResponse
}

struct StoredResponse: Codable, Sendable {
    let status: Int
    let text: String

    init(_ response: HTTPResponse) { (status, text) = (response.status, response.text) }

    var response: HTTPResponse { HTTPResponse(status: status, text: text) }
}

struct CachingMiddleware: ClientMiddleware {
    private let responses = Cache<StoredResponse>(namespace: "responses", ttl: 60)

    func intercept(
        _ request: HTTPRequest,
        operationID: String,
        next: (HTTPRequest) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        guard request.method == .get else { return try await next(request) }
        let stored = try await responses.getOrClaim(request.path) {
            let response = try await next(request)
            if response.status != 200 { LoadContext.current?.skip() }
            return StoredResponse(response)
        }
        return stored.response
    }
}

/// A client with the middleware, and a transport that counts its requests.
final class Client: Sendable {
    let requests = Mutex(0)
    private let middleware = CachingMiddleware()

    func ask(_ path: String, _ method: HTTPRequest.Method = .get) async throws -> HTTPResponse {
        try await middleware.intercept(HTTPRequest(method: method, path: path), operationID: "x") { request in
            await Task.yield()
            requests.withLock { $0 += 1 }
            return HTTPResponse(status: request.path == "/broken" ? 500 : 200, text: request.path)
        }
    }
}

@Suite("The code in SingleFlight.md", .cacheManager)
struct SingleFlightSnippets {
    private let database = Database()

    @Test func `two callers share a load`() async throws {
        let report = cached(ttl: 300, key: { "reports:\($0)" }) { (year: Int) in
            try await database.search("\(year)", page: 1)
        }
        async let first = report(2026)
        async let second = report(2026)  // waits for the load of the first
        _ = try await (first, second)
        #expect(database.queries == 1)
    }

    @Test func `a middleware of a client shares loads and stores no failure`() async throws {
        let client = Client()
        async let first = client.ask("/home")
        async let second = client.ask("/home")
        #expect(try await [first.text, second.text] == ["/home", "/home"])
        #expect(client.requests.withLock(\.self) == 1)
        #expect(try await client.ask("/broken").status == 500)
        #expect(try await client.ask("/broken").status == 500)
        #expect(client.requests.withLock(\.self) == 3)
        _ = try await client.ask("/home", .post)
        #expect(client.requests.withLock(\.self) == 4)
    }

    @Test func `a claim is answered by hand`() async throws {
        let pages = Cache<[User]>(namespace: "pages")
        for _ in 0..<2 {
            switch try await pages.claim("home", ttl: 60) {
            case .found(let page):
                print("found", page)
            case .mine(let promise):
                let page = try await database.users()
                promise.context?.addTags("users")
                await promise.fulfill(page)
                print("loaded", page)
            }
        }
        #expect(database.queries == 1)
        try await cache.invalidate(tag: "users")
        #expect(try await pages.get("home") == nil)
    }
}
