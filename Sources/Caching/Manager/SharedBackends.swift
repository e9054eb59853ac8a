// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The backends that managers of this process use, so that the last one that ends closes them.
///
/// Only objects are counted: values have no identity, and are closed by each manager.
enum SharedBackends {
    private static let uses = Mutex<[ObjectIdentifier: Int]>([:])

    /// Notes that a manager uses a backend.
    static func retain(_ backend: any ManagedBackend) {
        guard let object = identity(backend) else { return }
        uses.withLock { $0[object, default: 0] += 1 }
    }

    /// Notes that a manager uses a backend no more.
    ///
    /// - Returns: Whether no other one does.
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
