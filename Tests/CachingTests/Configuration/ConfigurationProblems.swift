// SPDX-License-Identifier: Apache-2.0

import Caching

/// What is wrong with a configuration; nothing when a manager could be made of it.
func problems(
    _ configuration: CacheConfiguration,
    drivers: [CacheDriver] = [.memory, .server]
) async throws -> [CacheConfigurationError.Problem] {
    do {
        let manager = try await CacheManager.make(configuration, drivers: drivers)
        await manager.shutdown()
        return []
    } catch let error as CacheConfigurationError {
        return error.problems
    }
}
