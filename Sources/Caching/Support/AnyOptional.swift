// SPDX-License-Identifier: Apache-2.0

/// An optional of any type.
protocol AnyOptional {
    /// Whether it is nil.
    var isNil: Bool { get }
}

extension Optional: AnyOptional {
    var isNil: Bool { if case .none = self { true } else { false } }
}
