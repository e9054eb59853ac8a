// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A host that a certificate must name.
package struct TLSHost: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case name
        /// An IPv4 or IPv6 address, which is verified as an address and never sent as a name.
        case address
    }

    package let text: String
    package let kind: Kind

    /// - Throws: ``RedisError/tls(_:)`` for texts that OpenSSL would match with any host, or with another one.
    package init(_ host: String) throws(RedisError) {
        // A certificate does not name the interface of a link-local address.
        let address = String(host.prefix { $0 != "%" })
        var bytes = in6_addr()
        if inet_pton(AF_INET, address, &bytes) == 1 || inet_pton(AF_INET6, address, &bytes) == 1 {
            guard !host.utf8.contains(0) else { throw .tls("the host contains a zero byte") }
            text = address
            kind = .address
            return
        }
        // A certificate does not have the final dot of a fully qualified name.
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        // OpenSSL verifies no name for an empty host, and accepts any subdomain for one that begins with a dot.
        guard !name.isEmpty, !name.hasPrefix("."), !name.utf8.contains(0) else {
            throw .tls("the host \"\(host)\" cannot be verified, because it is not a valid name")
        }
        text = name
        kind = .name
    }
}
