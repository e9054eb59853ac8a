// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// The manager that was configured for the whole process.
///
/// It is read on every call, so reading takes no lock: the managers of a process form a chain that is only ever added
/// to, and the first that is not retired is the current one. There is one link for each `configure`.
@usableFromInline
enum ProcessWideManager {
    @usableFromInline static let chain = Link(manager: nil)
    private static let configuration = Mutex<State>(.none)

    private enum State {
        case none
        case configuring(location: String)
        case configured(location: String)
    }

    @inlinable
    static var current: CacheManager? {
        var link = chain
        while let next = link.next.load() {
            if !next.isRetired.load(ordering: .relaxed) { return next.manager }
            link = next
        }
        return nil
    }

    /// Makes a manager the process-wide one, unless there is one already.
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
                append(Link(manager: manager))
                state = .configured(location: location)
            }
            return manager
        } catch {
            configuration.withLock { $0 = .none }
            throw error
        }
    }

    /// Takes the manager out of use; nil when there is none.
    static func remove() -> CacheManager? {
        configuration.withLock { state in
            guard case .configured = state else { return nil }
            state = .none
            var link = chain
            while let next = link.next.load() {
                if next.isRetired.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged {
                    return next.manager
                }
                link = next
            }
            return nil
        }
    }

    private static func append(_ new: Link) {
        var last = chain
        while let next = last.next.load() { last = next }
        _ = last.next.storeIfNil(new)
    }

    /// One manager and the one that followed it.
    @usableFromInline
    final class Link: Sendable {
        @usableFromInline let manager: CacheManager?
        @usableFromInline let isRetired = Atomic<Bool>(false)
        @usableFromInline let next = AtomicLazyReference<Link>()

        init(manager: CacheManager?) { self.manager = manager }
    }
}
