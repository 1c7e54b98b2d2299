internal import COpenSSL
public import Cryptography

/// What all connections of one side have in common: who this side is, whom it accepts, and what they speak.
///
/// Both sides show a certificate as `TLSIdentity` makes it, over TLS 1.3 alone. Nothing is remembered of a
/// connection after its end: there are no tickets, no resumption and no early data, so every connection proves
/// anew that the other side holds its key now.
@safe public final class TLSContext: @unchecked Sendable {
    // The settings do not change after init; OpenSSL counts their users atomically.
    let handle: OpaquePointer
    let isServer: Bool
    private let identity: TLSIdentity
    private let protocolName: [UInt8]
    private let admits: @Sendable (Ed25519.PublicKey) -> Bool

    /// Which side of a connection this is.
    public enum Side: Sendable {
        /// It waits for connections.
        case server
        /// It makes connections.
        case client
    }

    /// Makes the settings.
    ///
    /// - Parameters:
    ///   - side: Which side this is.
    ///   - identity: Who this is.
    ///   - protocolName: What is spoken, by ALPN (RFC 7301), 1 … 255 bytes of ASCII; a peer that does not
    ///     speak it is refused.
    ///   - admits: Whether a peer that holds this key is let in; called in handshakes, must not block.
    /// - Throws: `cannotStart`.
    public init(
        _ side: Side,
        identity: TLSIdentity,
        protocolName: String,
        admits: @escaping @Sendable (Ed25519.PublicKey) -> Bool
    ) throws(TLSError) {
        let name = Array(protocolName.utf8)
        precondition(1...255 ~= name.count, "a name of ALPN has 1 to 255 bytes")
        let method = unsafe side == .server ? TLS_server_method() : TLS_client_method()
        guard let made = unsafe SSL_CTX_new(method) else {
            throw .cannotStart(reason: OpenSSLFailure.reason())
        }
        unsafe handle = made
        isServer = side == .server
        self.identity = identity
        self.protocolName = [UInt8(name.count)] + name
        self.admits = admits
        // What is thrown from here on frees the handle, as all properties are set.
        guard configure() else { throw .cannotStart(reason: OpenSSLFailure.reason()) }
    }

    deinit { unsafe SSL_CTX_free(handle) }

    private func configure() -> Bool {
        unsafe copenssl_cache_no_sessions(handle)
        unsafe copenssl_save_memory(handle)
        // The callbacks may use this object: sessions keep it alive longer than their handles.
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe SSL_CTX_set_verify(handle, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        unsafe SSL_CTX_set_cert_verify_callback(handle, verifyPeer, context)
        if isServer {
            unsafe SSL_CTX_set_alpn_select_cb(handle, selectProtocol, context)
        } else {
            let count = UInt32(protocolName.count)
            // Unlike the others it answers 0 when it succeeds.
            guard unsafe SSL_CTX_set_alpn_protos(handle, protocolName, count) == 0 else {
                return false
            }
        }
        return unsafe copenssl_use_only_tls13(handle) == 1
            && copenssl_use_only_ed25519(handle) == 1
            && SSL_CTX_use_certificate(handle, identity.certificate) == 1
            && SSL_CTX_use_PrivateKey(handle, identity.key) == 1
    }

    /// Whether the certificate that the other side showed lets it in.
    fileprivate func admits(_ store: OpaquePointer) -> Bool {
        guard let certificate = unsafe X509_STORE_CTX_get0_cert(store),
            unsafe OPENSSL_sk_num(X509_STORE_CTX_get0_untrusted(store)) == 1,
            let key = unsafe TLSIdentity.publicKey(ofSelfSigned: certificate)
        else { return false }
        return admits(key)
    }

    /// Whether the name is among those that a client offers, each with its length before it.
    fileprivate func speaks(_ offered: UnsafeBufferPointer<UInt8>) -> Bool {
        var rest = unsafe offered[...]
        while let count = unsafe rest.first {
            if unsafe rest.prefix(1 + Int(count)).elementsEqual(protocolName) { return true }
            unsafe rest = unsafe rest.dropFirst(1 + Int(count))
        }
        return false
    }

    /// Lends the name without its length.
    fileprivate func select(_ selected: UnsafeMutablePointer<UnsafePointer<UInt8>?>) -> UInt8 {
        unsafe selected.pointee = unsafe protocolName.withUnsafeBufferPointer { bytes in
            // The array belongs to this object and never changes, so its place stays valid.
            unsafe bytes.baseAddress.map { unsafe $0 + 1 }
        }
        return protocolName[0]
    }
}

private func verifyPeer(_ store: OpaquePointer?, _ context: UnsafeMutableRawPointer?) -> Int32 {
    guard let store = unsafe store, let context = unsafe context else { return 0 }
    let owner = unsafe Unmanaged<TLSContext>.fromOpaque(context).takeUnretainedValue()
    if unsafe owner.admits(store) { return 1 }
    // Without a reason of its own OpenSSL would tell the peer of an error inside this program.
    unsafe X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED)
    return 0
}

private func selectProtocol(
    _ session: OpaquePointer?,
    _ selected: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ selectedCount: UnsafeMutablePointer<UInt8>?,
    _ offered: UnsafePointer<UInt8>?,
    _ offeredCount: UInt32,
    _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context = unsafe context, let selected = unsafe selected,
        let selectedCount = unsafe selectedCount
    else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    let owner = unsafe Unmanaged<TLSContext>.fromOpaque(context).takeUnretainedValue()
    let names = unsafe UnsafeBufferPointer(start: offered, count: Int(offeredCount))
    guard unsafe owner.speaks(names) else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    unsafe selectedCount.pointee = unsafe owner.select(selected)
    return SSL_TLSEXT_ERR_OK
}
