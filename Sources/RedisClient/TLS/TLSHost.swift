// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A host that a certificate has to name.
package struct TLSHost: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case name
        /// An address of IPv4 or IPv6, which is verified as one and never sent as a name.
        case address
    }

    package let text: String
    package let kind: Kind

    /// - Throws: ``RedisError/tls(_:)`` for what OpenSSL would take for any host, or for another one.
    package init(_ host: String) throws(RedisError) {
        // The interface of a local address is in no certificate.
        let address = String(host.prefix { $0 != "%" })
        var bytes = in6_addr()
        if inet_pton(AF_INET, address, &bytes) == 1 || inet_pton(AF_INET6, address, &bytes) == 1 {
            guard !host.utf8.contains(0) else { throw .tls("the host has a zero byte in it") }
            text = address
            kind = .address
            return
        }
        // The dot at the end of a full name is in no certificate either.
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        // No name would be verified for an empty one, and those below it for one with a dot before it.
        guard !name.isEmpty, !name.hasPrefix("."), !name.utf8.contains(0) else {
            throw .tls("the host \"\(host)\" cannot be verified, because it is no name")
        }
        text = name
        kind = .name
    }
}
