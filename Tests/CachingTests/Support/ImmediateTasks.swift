// SPDX-License-Identifier: Apache-2.0

/// Whether ``startImmediately(_:)`` runs a task to its first wait before it returns.
let canStartImmediately =
    if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) { true } else { false }

/// A task that has come to its first wait when it is returned, where the system can do so.
func startImmediately<Output: Sendable>(
    _ body: @escaping @Sendable () async throws -> Output
) -> Task<Output, any Error> {
    if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
        Task.immediate { try await body() }
    } else {
        Task { try await body() }
    }
}
