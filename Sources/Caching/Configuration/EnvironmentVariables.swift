// SPDX-License-Identifier: Apache-2.0

/// The settings of caches in the variables of an environment.
///
/// Many programs and platforms set variables that begin with `CACHE_`. So a variable that names no setting is a mistake
/// only when its name is close to that of a setting.
struct EnvironmentVariables {
    /// One setting of one cache.
    struct Assignment {
        let cache: String
        let key: String
        let variable: String
        let text: String
    }

    /// A variable that is probably a mistake.
    struct Mistake {
        let cache: String
        let key: String?
        let variable: String
        let message: String
    }

    /// The settings whose variables create a cache that the configuration does not name.
    ///
    /// The other settings are common words: `CACHE_SERVICE_HOST` is a variable of Kubernetes.
    static let creatingSettings: Set<String> = ["driver", "ttl", "jitter", "capacity"]

    private let prefix: String
    private let settings: [String]
    /// The caches by the spelling of their names in variables.
    private let caches: [String: [String]]
    /// The caches that variables create.
    private var created: Set<String> = []
    private(set) var assignments: [Assignment] = []
    private(set) var mistakes: [Mistake] = []
    private(set) var ignored: [String] = []

    /// Reads variables.
    ///
    /// - Parameters:
    ///   - variables: The variables.
    ///   - prefix: The beginning of the variables for caches.
    ///   - settings: The names of all settings, the likelier ones first.
    ///   - caches: The names of the caches in the rest of the configuration.
    init(_ variables: [String: String], prefix: String, settings: [String], caches: [String]) {
        self.prefix = prefix
        self.settings = settings
        self.caches = Dictionary(grouping: caches.sorted(), by: Self.spelling)
        // An empty value means "not set" in many shells and files.
        let own = variables.filter { $0.key.hasPrefix(prefix) && !$0.value.isEmpty }.sorted { $0.key < $1.key }
        for (variable, _) in own {
            guard let (head, key) = split(path(variable)), Self.creatingSettings.contains(key), isNew(head) else {
                continue
            }
            created.insert(head)
        }
        for (variable, text) in own { read(variable, text) }
        findContradictions()
    }

    /// Returns the spelling of a name in variables.
    private static func spelling(_ name: String) -> String {
        String(name.lowercased().map { $0 == "-" || $0 == "." ? "_" : $0 })
    }

    private func path(_ variable: String) -> String { variable.dropFirst(prefix.count).lowercased() }

    /// Returns the longest known setting at the end of a name, and the name of the cache before it.
    private func split(_ path: String) -> (head: String, key: String)? {
        let key = settings.filter { path == $0 || (path.hasSuffix("_" + $0) && path.count > $0.count + 1) }
            .max { $0.count < $1.count }
        return key.map { key in
            (path == key ? CacheName.default : String(path.dropLast(key.count + 1)), key)
        }
    }

    /// Returns a second meaning of a name: a shorter setting of a cache whose name ends as the longer setting begins.
    private func otherReading(of path: String, _ key: String) -> String? {
        for setting in settings where setting != key && path.hasSuffix("_" + setting) {
            let head = String(path.dropLast(setting.count + 1))
            if head != CacheName.default, let name = caches[head]?.first {
                return "\"\(setting)\" of the cache \(QuotedText.of(name))"
            }
        }
        return nil
    }

    private func isNew(_ head: String) -> Bool {
        caches[head] == nil && nearestCache(head) == nil && KeyRules.problem(with: head) == nil
            && !KubernetesVariables.isName(head)
    }

    private func nearestCache(_ head: String) -> String? {
        NearestName.close(to: head, in: caches.keys.sorted())
    }

    private mutating func read(_ variable: String, _ text: String) {
        let path = path(variable)
        guard let (head, key) = split(path) else { return readUnknown(variable, path) }
        if key == "port", KubernetesVariables.isAddress(text) { return ignored.append(variable) }
        if let other = otherReading(of: path, key) {
            let reason =
                "it may mean \"\(key)\" of the cache \(QuotedText.of(head)), or \(other); "
                + "set it where the caches are named"
            return mistakes.append(Mistake(cache: head, key: key, variable: variable, message: reason))
        }
        if let names = caches[head] {
            guard names.count == 1 else {
                let all = names.map { QuotedText.of($0) }.joined(separator: " and ")
                let reason = "it may mean the caches \(all); rename one, or set \"\(key)\" where they are named"
                return mistakes.append(Mistake(cache: names[0], key: key, variable: variable, message: reason))
            }
            return assignments.append(Assignment(cache: names[0], key: key, variable: variable, text: text))
        }
        if KubernetesVariables.isName(path) { return ignored.append(variable) }
        if let near = nearestCache(head) {
            let reason =
                "there is no cache \(QuotedText.of(head)); did you mean \(name(near, key))? "
                + "A cache whose name is so near to another's must be named in the dictionary"
            return mistakes.append(Mistake(cache: near, key: key, variable: variable, message: reason))
        }
        guard created.contains(head) else { return ignored.append(variable) }
        assignments.append(Assignment(cache: head, key: key, variable: variable, text: text))
    }

    /// Reads a variable that ends in no setting, which is a mistake if its end is close to one.
    private mutating func readUnknown(_ variable: String, _ path: String) {
        guard !KubernetesVariables.isName(path) else { return ignored.append(variable) }
        var candidates: [(cache: String, rest: Substring)] = [(CacheName.default, path[...])]
        for cache in Set(caches.keys).union(created).sorted() where path.hasPrefix(cache + "_") {
            candidates.append((cache, path.dropFirst(cache.count + 1)))
        }
        for (cache, rest) in candidates {
            guard let near = NearestName.close(to: String(rest), in: settings) else { continue }
            let isBare = rest.count == path.count
            let meant = isBare ? (prefix + near).uppercased() : name(cache, near)
            let reason = "unknown setting; did you mean \(meant)?; accepted: "
            let message = reason + settings.sorted().joined(separator: ", ")
            return mistakes.append(Mistake(cache: cache, key: path, variable: variable, message: message))
        }
        ignored.append(variable)
    }

    private func name(_ cache: String, _ key: String) -> String { prefix + "\(cache)_\(key)".uppercased() }

    /// Finds variables that set one setting to different values.
    private mutating func findContradictions() {
        var first: [[String]: Assignment] = [:]
        for assignment in assignments {
            let place = [assignment.cache, assignment.key]
            guard let earlier = first[place] else {
                first[place] = assignment
                continue
            }
            guard earlier.text != assignment.text else { continue }
            let message = "it contradicts \(earlier.variable), which sets the same; remove one of the two"
            mistakes.append(
                Mistake(
                    cache: assignment.cache,
                    key: assignment.key,
                    variable: assignment.variable,
                    message: message
                )
            )
        }
    }
}
