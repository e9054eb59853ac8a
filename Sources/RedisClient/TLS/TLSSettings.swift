// SPDX-License-Identifier: Apache-2.0

/// The settings of encryption.
package struct TLSSettings: Sendable, Hashable {
    /// A PEM file with the certificates of the trusted authorities; nil trusts those of the system.
    package var authorityFile: String?
    /// A PEM file with the certificate of this client.
    package var certificateFile: String?
    /// A PEM file with the private key of the certificate.
    package var keyFile: String?

    package init(authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
        self.authorityFile = authorityFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}
