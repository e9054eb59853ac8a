// SPDX-License-Identifier: Apache-2.0

/// An error of a backend that says what kind of failure it is.
///
/// The pipeline treats an error that does not as ``BackendFailureKind/unreachable``: after several in a row it leaves the
/// backend alone for a while. One that concerns a single entry or write should say so, or it takes a working backend out
/// of use.
public protocol CacheBackendError: Error {
    /// The kind of failure.
    var kind: BackendFailureKind { get }
}

/// A kind of failure, by what it says about a backend.
public struct BackendFailureKind: Sendable, Hashable, CustomStringConvertible {
    /// The name of the kind.
    public let description: String

    /// The backend cannot be reached, does not answer, or cannot do anything at present.
    public static let unreachable = BackendFailureKind(description: "unreachable")

    /// The backend answered and refused: it is full, read-only, or lacks a permission.
    public static let rejected = BackendFailureKind(description: "rejected")

    /// The stored bytes cannot be read.
    public static let damaged = BackendFailureKind(description: "damaged")
}

extension BackendFailureKind {
    /// The kind of any error that an operation of a backend threw.
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
