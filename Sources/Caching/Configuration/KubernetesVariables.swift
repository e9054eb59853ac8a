// SPDX-License-Identifier: Apache-2.0

/// The variables that Kubernetes sets in each container for a service called `cache` or `cache-something`.
enum KubernetesVariables {
    /// Returns whether a name, in lower case and without its prefix, is that of a variable of Kubernetes.
    static func isName(_ path: String) -> Bool {
        let words = path.split(separator: "_", omittingEmptySubsequences: true)
        for (index, word) in words.enumerated() {
            let next = words.dropFirst(index + 1).first
            if word == "service", next == "host" || next == "port" { return true }
            if word == "port", let next, next.allSatisfy(\.isNumber) { return true }
        }
        return false
    }

    /// Returns whether a value is that of a `..._PORT` of Kubernetes, which is an address and not a number.
    static func isAddress(_ text: String) -> Bool {
        ["tcp://", "udp://", "sctp://"].contains { text.hasPrefix($0) }
    }
}
