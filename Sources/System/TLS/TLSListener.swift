internal import COpenSSL
internal import Cryptography
internal import Synchronization

/// How a server that anybody may reach proves who it is, and whether its clients must.
///
/// TLS 1.3 alone, without tickets, resumption and early data: a request can never be a replay. What clients show is
/// not checked against authorities; a client is the key that it holds, which the handshake proves, and what that key
/// may do is for the application to say.
public final class TLSListener: Sendable {
    /// What clients show.
    public enum Clients: Sendable {
        /// Nothing is asked for.
        case anonymous
        /// A certificate, if they have one.
        case mayIdentify
        /// A certificate; without one the handshake fails.
        case mustIdentify
    }

    private let clients: Clients
    private let admits: @Sendable (TLSPeer) -> Bool
    private let current: Mutex<TLSListenerContext>

    /// Makes a listener with a certificate that authorities signed, or whoever its clients trust.
    ///
    /// - Parameters:
    ///   - certificatePath: A file with the certificate and those that lead to its authority, as PEM.
    ///   - keyPath: A file with its secret key, as PEM without a password.
    ///   - clients: What clients show.
    ///   - admits: Whether a client that shows a certificate is let in; called in handshakes, must not block.
    /// - Throws: `cannotLoad`, `cannotStart`.
    public init(
        certificatePath: String,
        keyPath: String,
        clients: Clients = .anonymous,
        admits: @escaping @Sendable (TLSPeer) -> Bool = { _ in true }
    ) throws(TLSError) {
        self.clients = clients
        self.admits = admits
        let context = try TLSListenerContext(clients, admits)
        try context.load(certificatePath: certificatePath, keyPath: keyPath)
        current = Mutex(context)
    }

    /// Makes a listener that is known by the key of a node.
    ///
    /// - Parameters:
    ///   - identity: Who this is.
    ///   - clients: What clients show.
    ///   - admits: Whether a client that shows a certificate is let in; called in handshakes, must not block.
    /// - Throws: `cannotStart`.
    public init(
        identity: TLSIdentity,
        clients: Clients = .anonymous,
        admits: @escaping @Sendable (TLSPeer) -> Bool = { _ in true }
    ) throws(TLSError) {
        self.clients = clients
        self.admits = admits
        let context = try TLSListenerContext(clients, admits)
        try context.use(identity)
        current = Mutex(context)
    }

    /// Shows another certificate from the next connection on; those that are open keep theirs.
    ///
    /// - Parameters:
    ///   - certificatePath: As when it was made.
    ///   - keyPath: As when it was made.
    /// - Throws: `cannotLoad`, `cannotStart`; the old certificate stays.
    public func reload(certificatePath: String, keyPath: String) throws(TLSError) {
        let context = try TLSListenerContext(clients, admits)
        try context.load(certificatePath: certificatePath, keyPath: keyPath)
        current.withLock { $0 = context }
    }

    /// Begins a connection with a client.
    ///
    /// - Throws: `cannotStart` when OpenSSL has no memory.
    package func makeChannel() throws(TLSError) -> TLSChannel {
        try TLSChannel(current.withLock(\.self))
    }
}

/// A client as the handshake proves it.
public struct TLSPeer: Equatable, Sendable {
    /// The 32 bytes of its key, if that is one of Ed25519, canonical and not weak.
    public let key: [UInt8]?
    /// The SHA-256 of its certificate, in 32 bytes.
    public let fingerprint: [UInt8]

    /// Makes one of a certificate of OpenSSL; none if that cannot be encoded.
    init?(_ certificate: OpaquePointer) {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard unsafe X509_digest(certificate, EVP_sha256(), &digest, &count) == 1, count == 32
        else { return nil }
        fingerprint = Array(digest.prefix(32))
        key = unsafe X509_get0_pubkey(certificate)
            .flatMap { unsafe TLSIdentity.publicKey(of: $0)?.bytes }
    }
}

/// What the connections of a listener have in common until its certificate changes.
@safe final class TLSListenerContext: @unchecked Sendable {
    // The settings do not change once the certificate is there; OpenSSL counts their users atomically.
    let handle: OpaquePointer
    private let admits: @Sendable (TLSPeer) -> Bool

    init(
        _ clients: TLSListener.Clients,
        _ admits: @escaping @Sendable (TLSPeer) -> Bool
    ) throws(TLSError) {
        guard let made = unsafe SSL_CTX_new(TLS_server_method()) else {
            throw .cannotStart(reason: OpenSSLFailure.reason())
        }
        unsafe handle = made
        self.admits = admits
        // What is thrown from here on frees the handle, as all properties are set.
        unsafe copenssl_cache_no_sessions(handle)
        unsafe copenssl_save_memory(handle)
        unsafe copenssl_ask_no_password(handle)
        guard unsafe copenssl_use_only_tls13(handle) == 1 else {
            throw .cannotStart(reason: OpenSSLFailure.reason())
        }
        unsafe SSL_CTX_set_alpn_select_cb(handle, selectWebProtocol, nil)
        if clients == .anonymous { return }
        let must = clients == .mustIdentify ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0
        unsafe SSL_CTX_set_verify(handle, SSL_VERIFY_PEER | must, nil)
        // The callback may use this object: channels keep it alive longer than their handles.
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe SSL_CTX_set_cert_verify_callback(handle, verifyClient, context)
    }

    deinit { unsafe SSL_CTX_free(handle) }

    func load(certificatePath: String, keyPath: String) throws(TLSError) {
        ERR_clear_error()
        guard unsafe SSL_CTX_use_certificate_chain_file(handle, certificatePath) == 1 else {
            throw .cannotLoad(path: certificatePath, reason: OpenSSLFailure.reason())
        }
        guard unsafe SSL_CTX_use_PrivateKey_file(handle, keyPath, SSL_FILETYPE_PEM) == 1,
            unsafe SSL_CTX_check_private_key(handle) == 1
        else { throw .cannotLoad(path: keyPath, reason: OpenSSLFailure.reason()) }
    }

    func use(_ identity: TLSIdentity) throws(TLSError) {
        guard unsafe SSL_CTX_use_certificate(handle, identity.certificate) == 1,
            unsafe SSL_CTX_use_PrivateKey(handle, identity.key) == 1
        else { throw .cannotStart(reason: OpenSSLFailure.reason()) }
    }

    fileprivate func admits(_ store: OpaquePointer) -> Bool {
        guard let certificate = unsafe X509_STORE_CTX_get0_cert(store),
            let peer = unsafe TLSPeer(certificate)
        else { return false }
        return admits(peer)
    }
}

private func verifyClient(_ store: OpaquePointer?, _ context: UnsafeMutableRawPointer?) -> Int32 {
    guard let store = unsafe store, let context = unsafe context else { return 0 }
    let owner = unsafe Unmanaged<TLSListenerContext>.fromOpaque(context).takeUnretainedValue()
    if unsafe owner.admits(store) { return 1 }
    // Without a reason of its own OpenSSL would tell the peer of an error inside this program.
    unsafe X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED)
    return 0
}

/// The protocols of the web in the order of preference, each with its length before it (RFC 7301 §3.1).
private let webProtocols: StaticString = "\u{2}h2\u{8}http/1.1"

private func selectWebProtocol(
    _ session: OpaquePointer?,
    _ selected: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ selectedCount: UnsafeMutablePointer<UInt8>?,
    _ offered: UnsafePointer<UInt8>?,
    _ offeredCount: UInt32,
    _ context: UnsafeMutableRawPointer?
) -> Int32 {
    var found: UnsafeMutablePointer<UInt8>?
    let result = unsafe SSL_select_next_proto(
        &found,
        selectedCount,
        webProtocols.utf8Start,
        UInt32(webProtocols.utf8CodeUnitCount),
        offered,
        offeredCount
    )
    // A client that speaks neither is told so, instead of getting an answer that it cannot read.
    guard result == OPENSSL_NPN_NEGOTIATED else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    unsafe selected?.pointee = unsafe UnsafePointer(found)
    return SSL_TLSEXT_ERR_OK
}
