// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The number of managers in the process that use each backend, so that the last one closes it.
///
/// Only objects are counted. Values have no identity, and each manager closes its own.
enum SharedBackends {
    private static let uses = Mutex<[ObjectIdentifier: Int]>([:])

    /// Records that a manager uses a backend.
    static func retain(_ backend: any ManagedBackend) {
        guard let object = identity(backend) else { return }
        uses.withLock { $0[object, default: 0] += 1 }
    }

    /// Records that a manager does not use a backend any more.
    ///
    /// - Returns: Whether no other manager uses it.
    static func release(_ backend: any ManagedBackend) -> Bool {
        guard let object = identity(backend) else { return true }
        return uses.withLock { uses in
            let others = (uses[object] ?? 1) - 1
            uses[object] = others > 0 ? others : nil
            return others == 0
        }
    }

    private static func identity(_ backend: any ManagedBackend) -> ObjectIdentifier? {
        type(of: backend) is AnyClass ? ObjectIdentifier(backend as AnyObject) : nil
    }
}
