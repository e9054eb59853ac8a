// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// The manager that was configured for the process.
///
/// Every call reads it, without a lock or a reference count. That is safe because a manager that was installed is
/// retained for the rest of the process; a shutdown frees all but a small object.
@usableFromInline
enum ProcessWideManager {
    private static let installed = Atomic<Unmanaged<CacheManager>?>(nil)

    /// The default cache of the installed manager, for the hit path.
    @usableFromInline static let installedDefault = Atomic<Unmanaged<CachePipeline>?>(nil)

    private static let configuration = Mutex<State>(.none)

    private enum State {
        case none
        case configuring(location: String)
        case configured(location: String)
    }

    static var current: CacheManager? { installed.load(ordering: .acquiring)?.takeUnretainedValue() }

    /// Installs a manager, unless one is installed or being made.
    static func install(at location: String, _ make: () async throws -> CacheManager) async throws -> CacheManager {
        try configuration.withLock { state in
            switch state {
            case .none: state = .configuring(location: location)
            case .configuring(let first), .configured(let first): throw CacheError.alreadyConfigured(location: first)
            }
        }
        do {
            let manager = try await make()
            configuration.withLock { state in
                installed.store(.passRetained(manager), ordering: .releasing)
                installedDefault.store(.passRetained(manager.defaultPipeline), ordering: .releasing)
                state = .configured(location: location)
            }
            return manager
        } catch {
            configuration.withLock { $0 = .none }
            throw error
        }
    }

    /// Returns the manager, to be shut down, and allows another one to be configured; nil when there is none.
    ///
    /// It stays installed, so that calls find a manager that was shut down and do without the cache.
    static func retire() -> CacheManager? {
        configuration.withLock { state in
            guard case .configured = state else { return nil }
            state = .none
            return current
        }
    }
}
