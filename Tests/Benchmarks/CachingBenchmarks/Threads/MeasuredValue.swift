// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A value for measurements of the cache alone.
protocol MeasuredValue: Sendable {
    /// The object for Foundation's cache, which stores only objects.
    associatedtype Object: AnyObject

    init(_ number: Int)
    static func value(of object: Object) -> Self

    var object: Object { get }

    /// Uses the value opaquely, so that the optimiser cannot remove the read.
    func use()
}

/// A number, as in the measured caches of other languages.
extension Int: MeasuredValue {
    static func value(of object: NSNumber) -> Int { object.intValue }

    var object: NSNumber { NSNumber(value: self) }

    @inline(never)
    @_optimize(none)
    func use() {}
}

/// An object for each entry, whose references Swift counts with each hit.
final class ObjectValue: MeasuredValue {
    let number: Int

    init(_ number: Int) { self.number = number }

    static func value(of object: ObjectValue) -> ObjectValue { object }

    var object: ObjectValue { self }

    @inline(never)
    @_optimize(none)
    func use() {}
}
