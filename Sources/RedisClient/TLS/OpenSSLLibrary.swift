// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The functions of the system's OpenSSL 1.1 or later, which is loaded when it is first needed.
///
/// So a program without encryption needs no OpenSSL, and a build needs no headers.
package struct OpenSSLLibrary: Sendable {
    /// An object of the library: a context, a connection, a buffer.
    typealias Object = OpaquePointer?
    typealias Text = UnsafePointer<CChar>?
    typealias Create = @convention(c) @Sendable () -> Object
    typealias CreateFrom = @convention(c) @Sendable (Object) -> Object
    typealias Free = @convention(c) @Sendable (Object) -> Void
    typealias Query = @convention(c) @Sendable (Object) -> Int32
    typealias QueryText = @convention(c) @Sendable (Object, Text) -> Int32
    typealias QueryTypedFile = @convention(c) @Sendable (Object, Text, Int32) -> Int32
    typealias QueryPaths = @convention(c) @Sendable (Object, Text, Text) -> Int32
    typealias Control = @convention(c) @Sendable (Object, Int32, Int, UnsafeMutableRawPointer?) -> Int
    typealias Read = @convention(c) @Sendable (Object, UnsafeMutableRawPointer?, Int32) -> Int32
    typealias Write = @convention(c) @Sendable (Object, UnsafeRawPointer?, Int32) -> Int32
    typealias Passphrase =
        @convention(c) @Sendable (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) -> Int32

    let clientMethod: Create
    let newContext: CreateFrom
    let freeContext: Free
    let controlContext: Control
    let setContextOptions: @convention(c) @Sendable (Object, UInt64) -> UInt64
    let setVerify: @convention(c) @Sendable (Object, Int32, UnsafeRawPointer?) -> Void
    let setPassphrase: @convention(c) @Sendable (Object, Passphrase) -> Void
    let loadAuthorities: QueryPaths
    let loadSystemAuthorities: Query
    let useCertificateChain: QueryText
    let useKey: QueryTypedFile
    let checkKey: Query

    let newConnection: CreateFrom
    let freeConnection: Free
    let control: Control
    let setBuffers: @convention(c) @Sendable (Object, Object, Object) -> Void
    let setConnectState: Free
    let setHost: QueryText
    let setHostFlags: @convention(c) @Sendable (Object, UInt32) -> Void
    let verifyParameters: CreateFrom
    let setAddress: QueryText
    let verifyResult: @convention(c) @Sendable (Object) -> Int
    let handshake: Query
    let read: Read
    let write: Write
    let shutdown: Query
    let error: @convention(c) @Sendable (Object, Int32) -> Int32

    let memoryBuffer: Create
    let newBuffer: CreateFrom
    let freeBuffer: Query
    let controlBuffer: Control
    let readBuffer: Read
    let writeBuffer: Write

    let clearErrors: @convention(c) @Sendable () -> Void
    let nextError: @convention(c) @Sendable () -> UInt
    let reason: @convention(c) @Sendable (UInt) -> Text
    let verifyText: @convention(c) @Sendable (Int) -> Text

    private init(_ symbols: Symbols) throws(RedisError) {
        clientMethod = try symbols.find("TLS_client_method")
        newContext = try symbols.find("SSL_CTX_new")
        freeContext = try symbols.find("SSL_CTX_free")
        controlContext = try symbols.find("SSL_CTX_ctrl")
        setContextOptions = try symbols.find("SSL_CTX_set_options")
        setVerify = try symbols.find("SSL_CTX_set_verify")
        setPassphrase = try symbols.find("SSL_CTX_set_default_passwd_cb")
        loadAuthorities = try symbols.find("SSL_CTX_load_verify_locations")
        loadSystemAuthorities = try symbols.find("SSL_CTX_set_default_verify_paths")
        useCertificateChain = try symbols.find("SSL_CTX_use_certificate_chain_file")
        useKey = try symbols.find("SSL_CTX_use_PrivateKey_file")
        checkKey = try symbols.find("SSL_CTX_check_private_key")
        newConnection = try symbols.find("SSL_new")
        freeConnection = try symbols.find("SSL_free")
        control = try symbols.find("SSL_ctrl")
        setBuffers = try symbols.find("SSL_set_bio")
        setConnectState = try symbols.find("SSL_set_connect_state")
        setHost = try symbols.find("SSL_set1_host")
        setHostFlags = try symbols.find("SSL_set_hostflags")
        verifyParameters = try symbols.find("SSL_get0_param")
        setAddress = try symbols.find("X509_VERIFY_PARAM_set1_ip_asc")
        verifyResult = try symbols.find("SSL_get_verify_result")
        handshake = try symbols.find("SSL_do_handshake")
        read = try symbols.find("SSL_read")
        write = try symbols.find("SSL_write")
        shutdown = try symbols.find("SSL_shutdown")
        error = try symbols.find("SSL_get_error")
        memoryBuffer = try symbols.find("BIO_s_mem")
        newBuffer = try symbols.find("BIO_new")
        freeBuffer = try symbols.find("BIO_free")
        controlBuffer = try symbols.find("BIO_ctrl")
        readBuffer = try symbols.find("BIO_read")
        writeBuffer = try symbols.find("BIO_write")
        clearErrors = try symbols.find("ERR_clear_error")
        nextError = try symbols.find("ERR_get_error")
        reason = try symbols.find("ERR_reason_error_string")
        verifyText = try symbols.find("X509_verify_cert_error_string")
        let start: @convention(c) @Sendable (UInt64, UnsafeRawPointer?) -> Int32 = try symbols.find("OPENSSL_init_ssl")
        // OPENSSL_INIT_NO_ATEXIT: at the end of the process, OpenSSL would free memory that other threads still use.
        guard start(0x0008_0000, nil) == 1 else { throw .tls("OpenSSL could not be initialised") }
    }
}

extension OpenSSLLibrary {
    /// The library of this process, or the reason why it could not be loaded.
    static let shared = load(from: names)

    /// The names of the library, newest version first.
    #if canImport(Darwin)
        // With a version: macOS terminates programs that load the library by its unversioned name.
        private static let names = [
            "libssl.3.dylib", "/opt/homebrew/opt/openssl@3/lib/libssl.3.dylib",
            "/usr/local/opt/openssl@3/lib/libssl.3.dylib",
        ]
        private static let advice = "install it, as by `brew install openssl@3`"
    #elseif canImport(Musl)
        private static let names = ["libssl.so.3", "libssl.so.1.1", "libssl.so"]
        private static let advice =
            "a program that is linked statically cannot load it; link it dynamically, and install the package libssl3"
    #else
        private static let names = ["libssl.so.3", "libssl.so.1.1", "libssl.so"]
        private static let advice = "install the package libssl3, or openssl-libs"
    #endif

    /// Loads the first of several libraries that can be loaded.
    ///
    /// - Parameter names: The names or paths of the libraries.
    /// - Returns: The library, or ``RedisError/tls(_:)`` with the package to install.
    package static func load(from names: [String]) -> Result<OpenSSLLibrary, RedisError> {
        var reasons: [String] = []
        for name in names {
            // It depends on the matching libcrypto. The library is never unloaded.
            guard let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
                reasons.append(dlerror().map { String(cString: $0) } ?? name)
                continue
            }
            do throws(RedisError) {
                return .success(try OpenSSLLibrary(Symbols(handle: handle)))
            } catch {
                reasons.append("\(name): \(error)")
            }
        }
        let reason = reasons.joined(separator: "; ")
        return .failure(.tls("TLS needs OpenSSL 1.1 or later, which cannot be loaded: \(advice) (\(reason))"))
    }

    private struct Symbols {
        let handle: UnsafeMutableRawPointer

        func find<Function>(_ name: String) throws(RedisError) -> Function {
            guard let symbol = dlsym(handle, name) else { throw .tls("it has no function \(name)") }
            // `Function` is the documented type of the C function.
            return unsafeBitCast(symbol, to: Function.self)
        }
    }
}
