// SPDX-License-Identifier: Apache-2.0

/// The operations on a full cache.
enum WriteWorkload: String, CaseIterable {
    /// Nine gets, each with an insert when it misses, and one insert of a new key.
    case mixed = "90/10"

    /// Inserts of new keys only: each evicts.
    case newKeys = "new-keys"

    /// Runs operations until the flag is set, and returns their number.
    func run(
        _ cache: some MeasuredCache<Int>,
        _ requests: RequestKeys,
        _ newKeys: NewKeys,
        thread: Int,
        until stop: StopFlag
    ) -> Int {
        var operations = 0
        newKeys.use(thread: thread) { keys, first in
            switch self {
            case .mixed:
                operations = Self.mixed(cache, requests, keys, from: first, stop)
                return first + operations / 10
            case .newKeys:
                operations = Self.newKeys(cache, keys, from: first, stop)
                return first + operations
            }
        }
        return operations
    }

    @inline(never)
    private static func mixed(
        _ cache: some MeasuredCache<Int>,
        _ requests: RequestKeys,
        _ newKeys: RequestKeys,
        from first: Int,
        _ stop: StopFlag
    ) -> Int {
        var operations = 0
        while !stop.isSet {
            for group in operations / 10..<operations / 10 + 100 {
                for number in group * 9..<group * 9 + 9 {
                    requests.with(number) { key in
                        if let value = cache.get(key.text) {
                            value.use()
                        } else {
                            cache.put(number, for: key.text)
                        }
                    }
                }
                newKeys.with(first + group) { cache.put(group, for: $0.text) }
            }
            operations += 1000
        }
        return operations
    }

    @inline(never)
    private static func newKeys(
        _ cache: some MeasuredCache<Int>,
        _ newKeys: RequestKeys,
        from first: Int,
        _ stop: StopFlag
    ) -> Int {
        var operations = 0
        while !stop.isSet {
            for number in operations..<operations + 1000 {
                newKeys.with(first + number) { cache.put(number, for: $0.text) }
            }
            operations += 1000
        }
        return operations
    }
}
