// SPDX-License-Identifier: Apache-2.0

/// An error of a backend with the kind of the failure.
///
/// The pipeline treats an error of another type as ``BackendFailureKind/unreachable``: after several in a row it does not
/// use the backend for a while. So an error about a single entry or write should have its kind, or it takes a working
/// backend out of use.
public protocol CacheBackendError: Error {
    /// The kind of failure.
    var kind: BackendFailureKind { get }
}

/// A kind of failure, which says whether a backend works.
public struct BackendFailureKind: Sendable, Hashable, CustomStringConvertible {
    /// The name of the kind.
    public let description: String

    /// The backend cannot be reached, does not answer, or cannot do anything at present.
    public static let unreachable = BackendFailureKind(description: "unreachable")

    /// The backend refused the operation: it is full, read-only, or lacks a permission.
    public static let rejected = BackendFailureKind(description: "rejected")

    /// The stored bytes cannot be read.
    public static let damaged = BackendFailureKind(description: "damaged")
}

extension BackendFailureKind {
    /// Creates the kind of an error that an operation of a backend threw.
    init(of error: any Error) {
        switch error {
        case let error as any CacheBackendError: self = error.kind
        case is CacheEntryError: self = .damaged
        case is NotEncodable: self = .rejected
        case let error as CacheError where error.isAboutTheEntry: self = .rejected
        default: self = .unreachable
        }
    }
}
