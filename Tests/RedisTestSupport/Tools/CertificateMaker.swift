// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A factory of certificates, which runs `openssl`.
struct CertificateMaker {
    let openssl: String
    let directory: TemporaryDirectory

    func makeAuthority(_ file: String) throws -> TestCertificates.Pair {
        let pair = pair(file)
        try run(
            ["req", "-x509", "-days", "30", "-subj", "/CN=\(file)", "-out", pair.certificate] + newKey(pair)
                + ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
        )
        return pair
    }

    func make(
        _ file: String,
        name: String,
        extensions: [String],
        by authority: TestCertificates.Pair,
        isExpired: Bool = false
    ) throws -> TestCertificates.Pair {
        let pair = pair(file)
        let request = directory.file("\(file).csr")
        let texts = directory.file("\(file).extensions")
        try Data(extensions.map { $0 + "\n" }.joined().utf8).write(to: URL(filePath: texts))
        try run(["req", "-subj", "/CN=\(name)", "-out", request] + newKey(pair))
        var arguments = ["x509", "-req", "-in", request, "-out", pair.certificate, "-extfile", texts]
        arguments += ["-CA", authority.certificate, "-CAkey", authority.key]
        arguments += ["-set_serial", String(UInt32.random(in: 1...UInt32.max))]
        // With a validity of minus one day, the certificate expired yesterday.
        arguments += ["-days", isExpired ? "-1" : "30"]
        try run(arguments)
        return pair
    }

    private func pair(_ file: String) -> TestCertificates.Pair {
        TestCertificates.Pair(certificate: directory.file("\(file).pem"), key: directory.file("\(file).key"))
    }

    private func newKey(_ pair: TestCertificates.Pair) -> [String] {
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", pair.key]
    }

    private func run(_ arguments: [String]) throws {
        let result = try ToolRun.runBlocking(openssl, arguments)
        guard result.status == 0 else {
            throw TestSupportError("openssl \(arguments.joined(separator: " ")): \(result.errorText)")
        }
    }
}
