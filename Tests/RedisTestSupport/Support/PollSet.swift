// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A set of descriptors for `poll`, and its results.
struct PollSet {
    private var entries: [pollfd] = []
    private var places: [Int32: Int] = [:]

    /// Adds a descriptor; errors are reported in any case.
    mutating func add(_ descriptor: Int32, reading: Bool = false, writing: Bool = false) {
        let events = (reading ? Int16(POLLIN) : 0) | (writing ? Int16(POLLOUT) : 0)
        if let place = places[descriptor] {
            entries[place].events |= events
        } else {
            places[descriptor] = entries.count
            entries.append(pollfd(fd: descriptor, events: events, revents: 0))
        }
    }

    /// Waits until a descriptor is ready, or until a timeout.
    mutating func wait(_ timeout: Duration) {
        let milliseconds = timeout <= .zero ? 0 : min(Int32.max / 2, Int32(clamping: timeout.roundedMilliseconds))
        _ = poll(&entries, nfds_t(entries.count), milliseconds)
    }

    func isReadable(_ descriptor: Int32) -> Bool { has(descriptor, Int16(POLLIN)) }
    func isWritable(_ descriptor: Int32) -> Bool { has(descriptor, Int16(POLLOUT)) }
    func isBroken(_ descriptor: Int32) -> Bool {
        has(descriptor, Int16(POLLERR) | Int16(POLLHUP) | Int16(POLLNVAL))
    }

    private func has(_ descriptor: Int32, _ events: Int16) -> Bool {
        places[descriptor].map { entries[$0].revents & events != 0 } ?? false
    }
}

extension Duration {
    /// The duration in milliseconds, rounded up, so that a loop does not spin at the end of a wait.
    var roundedMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
