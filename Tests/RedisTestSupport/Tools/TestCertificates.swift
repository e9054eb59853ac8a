// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Certificates for tests of TLS, which the `openssl` program creates.
///
/// They are in a temporary directory, which is removed with the instance; that of ``shared()`` at the end of the process.
package final class TestCertificates: Sendable {
    /// The files of a certificate and of its key.
    package struct Pair: Sendable, Hashable {
        package let certificate: String
        package let key: String
    }

    /// The authority that has signed the certificates of servers and clients.
    package let authority: Pair

    /// An authority that has signed none of them.
    package let unknownAuthority: Pair

    /// The certificate for `localhost` and 127.0.0.1.
    package let server: Pair

    /// The certificate for another host, `cache.example.com`.
    package let wrongHost: Pair

    /// An expired certificate for `localhost` and 127.0.0.1.
    package let expired: Pair

    /// The certificate for a client.
    package let client: Pair

    private let directory: TemporaryDirectory

    /// Whether there is an `openssl` program.
    package static var isAvailable: Bool { ToolRun.find("openssl") != nil }

    private static let making = Mutex<Task<TestCertificates, any Error>?>(nil)

    /// The directory of the shared certificates, for the `atexit` handler, which cannot capture it.
    private static let sharedDirectory = Mutex<TemporaryDirectory?>(nil)

    /// Returns the certificates of this process, which are created on first use.
    package static func shared() async throws -> TestCertificates {
        let task = making.withLock { task in
            if let task { return task }
            let new = Task {
                let certificates = try await Waiting.run { try TestCertificates() }
                sharedDirectory.withLock { $0 = certificates.directory }
                atexit { TestCertificates.sharedDirectory.withLock { $0?.remove() } }
                return certificates
            }
            task = new
            return new
        }
        return try await task.value
    }

    /// Creates certificates with about ten runs of `openssl`.
    package init() throws {
        guard let openssl = ToolRun.find("openssl") else { throw TestSupportError("there is no openssl in PATH") }
        directory = try TemporaryDirectory("certificates")
        let maker = CertificateMaker(openssl: openssl, directory: directory)
        do {
            let local = "subjectAltName=DNS:localhost,IP:127.0.0.1"
            authority = try maker.makeAuthority("authority")
            unknownAuthority = try maker.makeAuthority("unknown-authority")
            server = try maker.make("server", name: "localhost", extensions: [local], by: authority)
            wrongHost = try maker.make(
                "wrong-host",
                name: "cache.example.com",
                extensions: ["subjectAltName=DNS:cache.example.com"],
                by: authority
            )
            expired = try maker.make("expired", name: "localhost", extensions: [local], by: authority, isExpired: true)
            client = try maker.make(
                "client",
                name: "client",
                extensions: ["extendedKeyUsage=clientAuth"],
                by: authority
            )
        } catch {
            directory.remove()
            throw error
        }
    }

    deinit { directory.remove() }
}
