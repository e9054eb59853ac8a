// SPDX-License-Identifier: Apache-2.0

// Uses only the library, so that a test can check what it links.
import Caching

let answer = cached(ttl: 60, key: "answer") { () async in 42 }
try await withCacheManager(CacheManager()) { print(try await answer()) }
