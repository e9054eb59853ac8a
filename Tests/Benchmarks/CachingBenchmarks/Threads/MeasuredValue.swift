// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What is cached where only the cache is measured.
protocol MeasuredValue: Sendable {
    /// What Foundation's cache, which takes nothing but objects, keeps of it.
    associatedtype Object: AnyObject

    init(_ number: Int)
    static func value(of object: Object) -> Self

    var object: Object { get }

    /// Uses the value in a way the optimiser cannot see, so that the value must really have been handed out.
    func use()
}

/// A number: the value that the anchors of other languages cache.
extension Int: MeasuredValue {
    static func value(of object: NSNumber) -> Int { object.intValue }

    var object: NSNumber { NSNumber(value: self) }

    @inline(never)
    @_optimize(none)
    func use() {}
}

/// An object of its own for each entry, whose references Swift counts with each hit.
final class ObjectValue: MeasuredValue {
    let number: Int

    init(_ number: Int) { self.number = number }

    static func value(of object: ObjectValue) -> ObjectValue { object }

    var object: ObjectValue { self }

    @inline(never)
    @_optimize(none)
    func use() {}
}
