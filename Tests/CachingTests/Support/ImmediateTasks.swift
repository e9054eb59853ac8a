// SPDX-License-Identifier: Apache-2.0

/// Whether ``startImmediately(_:)`` runs a task until it first suspends before it returns.
let canStartImmediately =
    if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) { true } else { false }

/// Returns a task that has run until it first suspended, if the system supports that.
func startImmediately<Output: Sendable>(
    _ body: @escaping @Sendable () async throws -> Output
) -> Task<Output, any Error> {
    if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
        Task.immediate { try await body() }
    } else {
        Task { try await body() }
    }
}
