// SPDX-License-Identifier: Apache-2.0

/// The error messages for failures of OpenSSL, which suggest a remedy.
struct OpenSSLErrorMessages {
    let library: OpenSSLLibrary
    let settings: TLSSettings
    let host: TLSHost

    init(_ library: OpenSSLLibrary, _ settings: TLSSettings, _ host: TLSHost) {
        self.library = library
        self.settings = settings
        self.host = host
    }

    /// The error for received bytes that are not TLS.
    var plainServer: RedisError {
        .tls("the server \(host.text) does not speak TLS; is it a plain server on that port?")
    }

    /// Returns the error of a failed handshake.
    ///
    /// - Parameters:
    ///   - verifyResult: The result of the verification of the server's certificate.
    ///   - errors: The errors of the handshake.
    /// - Returns: The error.
    func handshake(verifyResult: Int, _ errors: OpenSSLErrorQueue) -> RedisError {
        guard verifyResult == 0 else { return certificate(verifyResult) }
        return alert(errors) ?? .tls("the TLS handshake with \(host.text) failed: \(errors.text)")
    }

    /// Returns the error of a connection after its handshake.
    ///
    /// With TLS 1.3, a server verifies the client's certificate after the client has finished its handshake.
    func established(_ errors: OpenSSLErrorQueue) -> RedisError {
        alert(errors) ?? .tls("bytes from \(host.text) cannot be decrypted: \(errors.text)")
    }

    private func certificate(_ result: Int) -> RedisError {
        let words = library.verifyText(result).map { String(cString: $0) } ?? "error \(result)"
        let (reason, advice) =
            switch result {
            case 9: ("it is not valid yet", "")
            case 10: ("it has expired", "")
            case 18: ("it is self-signed", Self.trust)
            case 2, 19, 20, 21: ("its authority is unknown", Self.trust)
            case 62, 64: ("it is for another host", "")
            default: ("it cannot be verified", "")
            }
        return .tls("the certificate of \(host.text) was not accepted: \(reason) (\(words))\(advice)")
    }

    private static let trust = "; `ca_file` names an authority to trust"

    /// Returns the error for an alert of the server; nil if there was no alert.
    private func alert(_ errors: OpenSSLErrorQueue) -> RedisError? {
        let reason = errors.text
        switch errors.reason - 1000 {
        case 116: return settings.certificateFile == nil ? wantsCertificate(reason) : refusesCertificate(reason)
        case 40:
            return .tls(
                "the server \(host.text) refused the TLS handshake: it requires a client certificate, or another cipher"
                    + " (\(reason))"
            )
        case 41...46, 48, 49, 51:
            return settings.certificateFile == nil ? wantsCertificate(reason) : refusesCertificate(reason)
        case 70: return .tls("the server \(host.text) does not support TLS 1.2 or later (\(reason))")
        case 0...255: return .tls("the server \(host.text) ended the TLS connection: \(reason)")
        default: return nil
        }
    }

    private func wantsCertificate(_ reason: String) -> RedisError {
        .tls("the server \(host.text) requires a client certificate, and none is configured (\(reason))")
    }

    private func refusesCertificate(_ reason: String) -> RedisError {
        .tls(
            "the server \(host.text) did not accept the client certificate in \(settings.certificateFile ?? ""): \(reason)"
        )
    }
}
