// SPDX-License-Identifier: Apache-2.0

// Uses the library and nothing else, so that a test can see what it links.
import Caching

let answer = cached(ttl: 60, key: "answer") { () async in 42 }
try await withCacheManager(CacheManager()) { print(try await answer()) }
