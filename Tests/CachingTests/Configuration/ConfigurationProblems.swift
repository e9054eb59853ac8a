// SPDX-License-Identifier: Apache-2.0

import Caching

/// Returns the problems of a configuration; none when a manager can be made from it.
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
