// SPDX-License-Identifier: Apache-2.0

import Foundation
import RedisClient
import RedisTestSupport
import Testing

/// Servers and certificates that are not accepted, and the errors.
@Suite("Verification of TLS connections", .enabled(if: TLSFixture.isAvailable))
struct TLSVerificationTests {
    @Test func `an unknown authority is not accepted`() async throws {
        var settings = try await TLSFixture.settings(TLSFixture.server().tlsPort)
        settings.tls?.authorityFile = try await TestCertificates.shared().unknownAuthority.certificate
        let text = try await TLSFixture.failure(settings)
        #expect(text.contains("the certificate of localhost was not accepted: its authority is unknown"), "\(text)")
        #expect(text.contains("`ca_file`"))
    }

    @Test func `a private authority is not accepted without its file`() async throws {
        var settings = try await TLSFixture.settings(TLSFixture.server().tlsPort)
        settings.tls = TLSSettings()
        let text = try await TLSFixture.failure(settings)
        #expect(text.contains("its authority is unknown"), "\(text)")
    }

    @Test func `a self-signed certificate is not accepted`() async throws {
        let certificates = try await TestCertificates.shared()
        let options = ServerOptions(tls: certificates, serverCertificate: certificates.unknownAuthority)
        try await RedisServer.withServer(.redis, options) { server in
            let text = try await TLSFixture.failure(try await TLSFixture.settings(server.tlsPort))
            #expect(text.contains("the certificate of localhost was not accepted: it is self-signed"), "\(text)")
        }
    }

    @Test(arguments: ["localhost", "127.0.0.1"])
    func `a certificate of another host is not accepted`(host: String) async throws {
        let certificates = try await TestCertificates.shared()
        let options = ServerOptions(tls: certificates, serverCertificate: certificates.wrongHost)
        try await RedisServer.withServer(.redis, options) { server in
            let text = try await TLSFixture.failure(try await TLSFixture.settings(server.tlsPort, host: host))
            #expect(text.contains("the certificate of \(host) was not accepted: it is for another host"), "\(text)")
        }
    }

    @Test func `an expired certificate is not accepted`() async throws {
        let certificates = try await TestCertificates.shared()
        let options = ServerOptions(tls: certificates, serverCertificate: certificates.expired)
        try await RedisServer.withServer(.redis, options) { server in
            let text = try await TLSFixture.failure(try await TLSFixture.settings(server.tlsPort))
            #expect(text.contains("the certificate of localhost was not accepted: it has expired"), "\(text)")
        }
    }

    @Test func `TLS 1.1 is not accepted`() async throws {
        let certificates = try await TestCertificates.shared()
        let arguments = ["--tls-protocols", "TLSv1.1", "--tls-ciphers", "ALL:@SECLEVEL=0"]
        try await RedisServer.withServer(.redis, ServerOptions(tls: certificates, arguments: arguments)) { server in
            let text = try await TLSFixture.failure(try await TLSFixture.settings(server.tlsPort))
            #expect(text.contains("does not support TLS 1.2 or later"), "\(text)")
        }
    }

    @Test func `TLS 1.2 is accepted`() async throws {
        let certificates = try await TestCertificates.shared()
        let options = ServerOptions(
            password: TLSFixture.password,
            tls: certificates,
            requiresClientCertificate: true,
            arguments: ["--tls-protocols", "TLSv1.2"]
        )
        try await RedisServer.withServer(.redis, options) { server in
            var settings = try await TLSFixture.settings(server.tlsPort)
            let text = try await TLSFixture.failure(settings)
            #expect(text.contains("it requires a client certificate"), "\(text)")
            settings.tls?.certificateFile = certificates.client.certificate
            settings.tls?.keyFile = certificates.client.key
            try await TLSFixture.expectAnswer(settings)
        }
    }

    @Test func `an error names a plain server`() async throws {
        var settings = try await TLSFixture.settings(TLSFixture.server().port)
        settings.connectTimeout = .milliseconds(200)
        // A plain server waits for the end of a line.
        var text = try await TLSFixture.failure(settings)
        #expect(
            text.contains("did not answer the TLS handshake in time; is it a plain server on that port?"),
            "\(text)"
        )
        let server = try ScriptedServer(greeting: { _ in .error("ERR max number of clients reached") }) { _, _ in .none
        }
        defer { server.stop() }
        text = try await TLSFixture.failure(try await TLSFixture.settings(server.port, host: "127.0.0.1"))
        #expect(text == "the server 127.0.0.1 does not speak TLS; is it a plain server on that port?")
    }

    @Test func `an error of a plain client names a TLS server`() async throws {
        var settings = try await TLSFixture.settings(TLSFixture.server().tlsPort)
        settings.tls = nil
        var text = try await TLSFixture.failure(settings)
        #expect(text.contains("does the server speak TLS on that port?"), "\(text)")
        // Some servers send an alert.
        let server = try ScriptedServer { _, _ in .close(after: [21, 3, 1, 0, 2, 2, 70]) }
        defer { server.stop() }
        settings.endpoint = .host("127.0.0.1", port: server.port)
        text = try await TLSFixture.failure(settings)
        #expect(text.contains("speaks TLS on that port, but encryption is not enabled"), "\(text)")
    }

    @Test(arguments: ["", ".", ".localhost", "local\0host", "127.0.0.1%\0"])
    func `an invalid host name is refused`(host: String) {
        #expect(throws: RedisError.self) { try TLSHost(host) }
    }

    @Test func `numeric addresses are verified as addresses`() throws {
        for host in ["127.0.0.1", "::1", "fe80::1%lo"] { #expect(try TLSHost(host).kind == .address) }
        for host in ["localhost", "127.1", "1.2.3.4.example.com"] { #expect(try TLSHost(host).kind == .name) }
        #expect(try TLSHost("fe80::1%lo").text == "fe80::1")
        #expect(try TLSHost("host.").text == "host")
    }

    @Test func `an error names a missing library and its package`() throws {
        let result = OpenSSLLibrary.load(from: ["libnone.so.3", "libnone.so"])
        guard case .failure(let error) = result else { throw TestSupportError("there is such a library") }
        #expect("\(error)".contains("TLS needs OpenSSL 1.1 or later, which cannot be loaded"))
        #expect("\(error)".contains("install"))
        #expect("\(error)".contains("libnone.so.3"))
    }

    @Test func `a library that is not OpenSSL is refused`() throws {
        guard case .failure(let error) = OpenSSLLibrary.load(from: ["libc.so.6", "libSystem.dylib"]) else {
            throw TestSupportError("libc is no OpenSSL")
        }
        #expect("\(error)".contains("it has no function TLS_client_method"), "\(error)")
    }
}
