// SPDX-License-Identifier: Apache-2.0

/// The settings of encryption.
package struct TLSSettings: Sendable, Hashable {
    /// A file with the certificates of the authorities to trust, in PEM; nil trusts those of the system.
    package var authorityFile: String?
    /// A file with the certificate of this client, in PEM.
    package var certificateFile: String?
    /// A file with its private key, in PEM.
    package var keyFile: String?

    package init(authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
        self.authorityFile = authorityFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}
