// SPDX-License-Identifier: Apache-2.0

/// Starts an unstructured task on this thread, which goes on when the task first suspends, where the system can.
func immediately(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
        return Task.immediate { await body() }
    }
    return Task { await body() }
}
