// SPDX-License-Identifier: Apache-2.0

import RedisTestSupport
import Testing

/// The test certificates, verified by `openssl`.
@Suite("Test certificates", .enabled(if: TestCertificates.isAvailable))
struct CertificateTests {
    private static func verify(
        _ pair: TestCertificates.Pair,
        by authority: TestCertificates.Pair,
        _ options: [String] = []
    ) async throws -> String {
        let openssl = try #require(ToolRun.find("openssl"))
        let arguments = ["verify", "-CAfile", authority.certificate] + options + [pair.certificate]
        let result = try await ToolRun.run(openssl, arguments)
        return result.status == 0 ? "OK" : result.errorText
    }

    @Test func `an authority verifies its own certificates only`() async throws {
        let certificates = try await TestCertificates.shared()
        for pair in [certificates.server, certificates.wrongHost, certificates.client] {
            #expect(try await Self.verify(pair, by: certificates.authority) == "OK")
            #expect(try await Self.verify(pair, by: certificates.unknownAuthority) != "OK")
        }
    }

    @Test func `the certificate of the server is valid for this machine`() async throws {
        let certificates = try await TestCertificates.shared()
        for options in [["-verify_hostname", "localhost"], ["-verify_ip", "127.0.0.1"]] {
            #expect(try await Self.verify(certificates.server, by: certificates.authority, options) == "OK")
            #expect(try await Self.verify(certificates.wrongHost, by: certificates.authority, options) != "OK")
        }
    }

    @Test func `the expired certificate has expired`() async throws {
        let certificates = try await TestCertificates.shared()
        #expect(try await Self.verify(certificates.expired, by: certificates.authority).contains("expired"))
    }

    @Test(.enabled(if: RedisServer.isAvailable(.redis)))
    func `a server uses its certificate`() async throws {
        let certificates = try await TestCertificates.shared()
        let openssl = try #require(ToolRun.find("openssl"))
        let options = ServerOptions(tls: certificates, requiresClientCertificate: true)
        try await RedisServer.withServer(.redis, options) { server in
            let port = try #require(server.tlsPort)
            var words = ["s_client", "-connect", "127.0.0.1:\(port)", "-CAfile", certificates.authority.certificate]
            words += ["-verify_return_error", "-verify_hostname", "localhost", "-quiet"]
            words += ["-cert", certificates.client.certificate, "-key", certificates.client.key]
            // The server closes the connection after QUIT, which ends the program.
            let result = try await ToolRun.run(openssl, words, input: Array("PING\r\nQUIT\r\n".utf8))
            #expect(result.outputText == "+PONG\r\n+OK\r\n", "\(result.errorText)")
            #expect(try await server.command("PING") == "PONG")
        }
    }
}
