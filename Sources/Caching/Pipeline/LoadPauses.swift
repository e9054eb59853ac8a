// SPDX-License-Identifier: Apache-2.0

/// The pauses of keys whose loads failed while a stale value could answer.
///
/// It is pure and bounded: at its capacity it removes the pauses that are over, or else the oldest one.
package struct LoadPauses: Sendable {
    private struct Pause {
        var failures: Int
        var began: CacheInstant
        /// The end of the pause in which a stale value answers without a load (`staleIfError`).
        var loadsAt: CacheInstant
        /// The end of the pause in which a stale value is not renewed (`staleWhileRevalidate`).
        var renewsAt: CacheInstant
    }

    package static let capacity = 1024

    /// The first pause of renewals in the background; each further failure doubles it.
    package static let firstRenewalPause = Duration.seconds(1)

    private var pauses: [FlightKey: Pause] = [:]

    package init() {}

    package var isEmpty: Bool { pauses.isEmpty }
    package var count: Int { pauses.count }

    /// Records a failed load.
    ///
    /// - Parameters:
    ///   - key: The key of the load.
    ///   - longest: The longest pause.
    ///   - now: The current time.
    package mutating func noteFailure(_ key: FlightKey, longest: Duration, now: CacheInstant) {
        let failures = (pauses[key]?.failures ?? 0) + 1
        if pauses[key] == nil, pauses.count >= Self.capacity { makeRoom(now) }
        let growing = Self.firstRenewalPause * (1 << min(failures - 1, 20))
        pauses[key] = Pause(
            failures: failures,
            began: now,
            loadsAt: now.advanced(by: longest),
            renewsAt: now.advanced(by: min(growing, longest))
        )
    }

    /// Records a load that succeeded.
    package mutating func noteSuccess(_ key: FlightKey) { pauses[key] = nil }

    /// Whether a stale value answers without a load.
    package func pausesLoad(_ key: FlightKey, now: CacheInstant) -> Bool {
        pauses[key].map { now < $0.loadsAt } ?? false
    }

    /// Whether a stale value is not renewed in the background.
    package func pausesRenewal(_ key: FlightKey, now: CacheInstant) -> Bool {
        pauses[key].map { now < $0.renewsAt } ?? false
    }

    private mutating func makeRoom(_ now: CacheInstant) {
        pauses = pauses.filter { now < $0.value.loadsAt }
        if pauses.count >= Self.capacity, let oldest = pauses.min(by: { $0.value.began < $1.value.began }) {
            pauses[oldest.key] = nil
        }
    }
}
