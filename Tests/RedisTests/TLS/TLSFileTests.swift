// SPDX-License-Identifier: Apache-2.0

import Foundation
import RedisClient
import RedisTestSupport
import Testing

/// Files with certificates and keys, valid and invalid.
@Suite("Certificate files of TLS connections", .enabled(if: TLSFixture.isAvailable))
struct TLSFileTests {
    /// Calls a closure with a temporary directory, and removes it.
    private static func withDirectory<Output>(_ body: (URL) async throws -> Output) async throws -> Output {
        let directory = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try await body(directory)
    }

    private static func failure(_ change: (inout TLSSettings) throws -> Void) async throws -> String {
        var settings = try await TLSFixture.settings(TLSFixture.server().tlsPort)
        var tls = try #require(settings.tls)
        try change(&tls)
        settings.tls = tls
        return try await TLSFixture.failure(settings)
    }

    @Test func `an error names a missing file`() async throws {
        let certificates = try await TestCertificates.shared()
        var text = try await Self.failure { $0.authorityFile = "/nowhere/ca.pem" }
        #expect(text == "the authorities in /nowhere/ca.pem cannot be read: No such file or directory")
        text = try await Self.failure { $0.certificateFile = "/nowhere/client.pem" }
        #expect(text == "the client certificate in /nowhere/client.pem cannot be read: No such file or directory")
        text = try await Self.failure {
            $0.certificateFile = certificates.client.certificate
            $0.keyFile = "/nowhere/client.key"
        }
        #expect(text == "the key in /nowhere/client.key cannot be read: No such file or directory")
        text = try await Self.failure { $0.keyFile = certificates.client.key }
        #expect(text.contains("but no certificate"), "\(text)")
    }

    @Test func `directories and pipes are not read`() async throws {
        try await Self.withDirectory { directory in
            let text = try await Self.failure { $0.authorityFile = directory.path }
            #expect(text.contains(directory.path) && text.contains("it is not a regular file"), "\(text)")
            let pipe = directory.appending(path: "pipe").path
            #expect(mkfifo(pipe, 0o600) == 0)
            // Opening a named pipe for reading blocks until it is opened for writing.
            let other = try await Self.failure { $0.authorityFile = pipe }
            #expect(other.contains(pipe) && other.contains("it is not a regular file"), "\(other)")
        }
    }

    @Test(.disabled(if: getuid() == 0, "root may read every file"))
    func `an error names an unreadable file`() async throws {
        try await Self.withDirectory { directory in
            let file = directory.appending(path: "ca.pem").path
            #expect(FileManager.default.createFile(atPath: file, contents: nil, attributes: [.posixPermissions: 0]))
            let text = try await Self.failure { $0.authorityFile = file }
            #expect(text == "the authorities in \(file) cannot be read: Permission denied")
        }
    }

    @Test(arguments: ["", "this is no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    func `an error names a file without a certificate`(content: String) async throws {
        let certificates = try await TestCertificates.shared()
        try await Self.withDirectory { directory in
            let file = directory.appending(path: "file.pem")
            try Data(content.utf8).write(to: file)
            let path = file.path
            var text = try await Self.failure { $0.authorityFile = path }
            #expect(text.hasPrefix("the authorities in \(path) cannot be used: "), "\(text)")
            #expect(!text.hasSuffix("gives no reason"), "\(text)")
            text = try await Self.failure { $0.certificateFile = path }
            #expect(text.hasPrefix("the client certificate in \(path) cannot be used: "), "\(text)")
            #expect(!text.hasSuffix("gives no reason"), "\(text)")
            text = try await Self.failure {
                $0.certificateFile = certificates.client.certificate
                $0.keyFile = path
            }
            #expect(text.hasPrefix("the key in \(path) cannot be used: "), "\(text)")
            #expect(!text.contains("gives no reason"), "\(text)")
        }
    }

    @Test func `an error names a key that does not match its certificate`() async throws {
        let certificates = try await TestCertificates.shared()
        let text = try await Self.failure {
            $0.certificateFile = certificates.client.certificate
            $0.keyFile = certificates.server.key
        }
        let (key, certificate) = (certificates.server.key, certificates.client.certificate)
        #expect(
            text.hasPrefix("the key in \(key) does not match the client certificate in \(certificate): "),
            "\(text)"
        )
    }

    @Test func `a key with a passphrase is an error without a prompt`() async throws {
        let certificates = try await TestCertificates.shared()
        let openssl = try #require(ToolRun.find("openssl"))
        try await Self.withDirectory { directory in
            let key = directory.appending(path: "client.key").path
            let words = ["pkcs8", "-topk8", "-in", certificates.client.key, "-out", key]
            let result = try await ToolRun.run(openssl, words + ["-passout", "pass:\(TLSFixture.password)"])
            #expect(result.status == 0, "\(result.errorText)")
            let text = try await Self.failure {
                $0.certificateFile = certificates.client.certificate
                $0.keyFile = key
            }
            #expect(text.hasPrefix("the key in \(key) cannot be used: "), "\(text)")
            #expect(text.contains("without a passphrase"), "\(text)")
        }
    }

    @Test func `a server can require a client certificate`() async throws {
        let certificates = try await TestCertificates.shared()
        let options = ServerOptions(
            password: TLSFixture.password,
            tls: certificates,
            requiresClientCertificate: true
        )
        try await RedisServer.withServer(.redis, options) { server in
            var settings = try await TLSFixture.settings(server.tlsPort)
            var text = try await TLSFixture.failure(settings)
            #expect(
                text.contains("the server localhost requires a client certificate, and none is configured"),
                "\(text)"
            )

            // The certificate of another authority, which the server does not trust.
            settings.tls?.certificateFile = certificates.unknownAuthority.certificate
            settings.tls?.keyFile = certificates.unknownAuthority.key
            text = try await TLSFixture.failure(settings)
            #expect(text.contains("the server localhost did not accept the client certificate in "), "\(text)")
            #expect(text.contains(certificates.unknownAuthority.certificate), "\(text)")

            settings.tls?.certificateFile = certificates.client.certificate
            settings.tls?.keyFile = certificates.client.key
            try await TLSFixture.expectAnswer(settings)
        }
    }

    @Test func `the next connection uses a renewed certificate`() async throws {
        let certificates = try await TestCertificates.shared()
        let proxy = try FaultProxy(to: .port(try #require(try await TLSFixture.server().tlsPort)))
        defer { proxy.stop() }
        try await Self.withDirectory { directory in
            let file = directory.appending(path: "ca.pem")
            try Data(contentsOf: URL(filePath: certificates.unknownAuthority.certificate)).write(to: file)
            var settings = try await TLSFixture.settings(proxy.port)
            settings.tls?.authorityFile = file.path
            try await TLSFixture.withClient(settings) { client in
                let error = await #expect(throws: RedisError.self) { try await client.connect() }
                #expect("\(try #require(error))".contains("its authority is unknown"))
                try Data(contentsOf: URL(filePath: certificates.authority.certificate)).write(to: file)
                try await Waiting.until("a connection") {
                    if case .connected = client.status { true } else { false }
                }
                #expect(try await client.send(RedisCommand("PING")).text == "PONG")
            }
        }
    }

    @Test func `a certificate and its key can be in one file`() async throws {
        let certificates = try await TestCertificates.shared()
        try await Self.withDirectory { directory in
            let file = directory.appending(path: "client.pem")
            var content = try Data(contentsOf: URL(filePath: certificates.client.certificate))
            content += try Data(contentsOf: URL(filePath: certificates.client.key))
            try content.write(to: file)
            var settings = try await TLSFixture.settings(TLSFixture.server().tlsPort)
            settings.tls?.certificateFile = file.path
            try await TLSFixture.expectAnswer(settings)
        }
    }
}
