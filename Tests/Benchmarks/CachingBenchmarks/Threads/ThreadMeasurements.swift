// SPDX-License-Identifier: Apache-2.0

import BenchmarkSupport

/// The measurements of contestants that take turns on one thread and on two.
struct ThreadMeasurements {
    static let threads = [1, 2]
    private static let warmUp = 400
    private static let milliseconds = 500

    private let contestants: [(name: String, work: ThreadTeam.Work)]
    private var times: [[[Double]]]

    init(_ contestants: [(name: String, work: ThreadTeam.Work)]) {
        self.contestants = contestants
        times = contestants.map { _ in Self.threads.map { _ in [] } }
    }

    /// Warms up, then measures all contestants in each round, starting with another one each time.
    mutating func run(rounds: Int) {
        for contestant in contestants {
            for count in Self.threads {
                _ = ThreadTeam.nanosecondsPerOperation(
                    threads: count,
                    milliseconds: Self.warmUp,
                    contestant.work
                )
            }
        }
        for round in 0..<rounds {
            for (column, count) in Self.threads.enumerated() {
                for turn in contestants.indices {
                    let index = (turn + round) % contestants.count
                    times[index][column].append(
                        ThreadTeam.nanosecondsPerOperation(
                            threads: count,
                            milliseconds: Self.milliseconds,
                            contestants[index].work
                        )
                    )
                }
            }
        }
    }

    /// Prints the results by contestant.
    var results: [(name: String, threads: Int, times: Spread)] {
        zip(contestants, times).flatMap { contestant, times in
            zip(Self.threads, times).map { (contestant.name, $0, Spread($1)) }
        }
    }
}
