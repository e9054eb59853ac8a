// SPDX-License-Identifier: Apache-2.0

/// Encryption by the OpenSSL of the system.
enum OpenSSL {
    static func session(_ settings: TLSSettings, host: String) throws(RedisError) -> any TLSSession {
        throw .tls("not there yet")
    }
}
