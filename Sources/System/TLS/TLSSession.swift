internal import COpenSSL
public import Cryptography

/// One secure connection without its transport: bytes of the wire go in and come out, and so do the
/// application's.
///
/// It never waits. Whoever owns it moves `takeOutput` to the wire after every call, and what comes from the wire
/// to `receive`. Only one thread uses it at a time.
@safe public final class TLSSession {
    private let handle: OpaquePointer
    /// Both belong to the handle.
    private let input: OpaquePointer
    private let output: OpaquePointer
    // The handle's callbacks use it.
    private let context: TLSContext

    /// Whether the handshake is done, so that `peer` is known and `read` and `write` may be called.
    public private(set) var isReady = false
    /// Whether the other side has ended the connection in order.
    public private(set) var isEnded = false
    /// The key that the other side holds; none before the handshake is done.
    public private(set) var peer: Ed25519.PublicKey?

    /// Begins a connection.
    ///
    /// - Throws: `cannotStart` when OpenSSL has no memory.
    public init(_ context: TLSContext) throws(TLSError) {
        guard let made = unsafe SSL_new(context.handle) else {
            throw .cannotStart(reason: OpenSSLFailure.reason())
        }
        guard let input = unsafe copenssl_memory_bio() else {
            unsafe SSL_free(made)
            throw .cannotStart(reason: OpenSSLFailure.reason())
        }
        guard let output = unsafe copenssl_memory_bio() else {
            unsafe BIO_free(input)
            unsafe SSL_free(made)
            throw .cannotStart(reason: OpenSSLFailure.reason())
        }
        unsafe SSL_set_bio(made, input, output)
        if context.isServer {
            unsafe SSL_set_accept_state(made)
        } else {
            unsafe SSL_set_connect_state(made)
        }
        unsafe handle = made
        unsafe self.input = input
        unsafe self.output = output
        self.context = context
    }

    deinit { unsafe SSL_free(handle) }

    /// Takes bytes that came over the wire.
    ///
    /// - Complexity: O(n).
    public func receive(_ bytes: [UInt8], count: Int) {
        precondition(count <= bytes.count)
        let taken = unsafe BIO_write(input, bytes, Int32(count))
        precondition(taken == Int32(count), "only a lack of memory stops a memory BIO")
    }

    /// Goes on with the handshake as far as what came allows.
    ///
    /// - Throws: `handshakeFailed`, `badCertificate`. What is to be told to the other side is in the output.
    public func handshake() throws(TLSError) {
        guard !isReady else { return }
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(handle)
        if result == 1 {
            guard let certificate = unsafe SSL_get0_peer_certificate(handle),
                let key = unsafe TLSIdentity.publicKey(ofSelfSigned: certificate)
            else { throw .badCertificate }
            peer = key
            isReady = true
            return
        }
        switch unsafe SSL_get_error(handle, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return
        default: throw .handshakeFailed(reason: OpenSSLFailure.reason())
        }
    }

    /// Reads what the other side wrote.
    ///
    /// - Parameter buffer: Receives the bytes from its start; it must not be empty.
    /// - Returns: How many there are; 0 when more must come from the wire first, or never will (`isEnded`).
    /// - Throws: `broken`.
    public func read(into buffer: inout [UInt8]) throws(TLSError) -> Int {
        ERR_clear_error()
        let count = unsafe SSL_read(handle, &buffer, Int32(buffer.count))
        if count > 0 { return Int(count) }
        switch unsafe SSL_get_error(handle, count) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return 0
        case SSL_ERROR_ZERO_RETURN:
            isEnded = true
            return 0
        default: throw .broken(reason: OpenSSLFailure.reason())
        }
    }

    /// Writes to the other side; all of it goes to the output.
    ///
    /// - Throws: `broken`.
    /// - Complexity: O(n).
    public func write(_ bytes: [UInt8]) throws(TLSError) {
        guard !bytes.isEmpty else { return }
        ERR_clear_error()
        let count = unsafe SSL_write(handle, bytes, Int32(bytes.count))
        guard count == Int32(bytes.count) else { throw .broken(reason: OpenSSLFailure.reason()) }
    }

    /// Tells the other side that nothing more comes.
    public func end() {
        guard isReady else { return }
        ERR_clear_error()
        // A connection that is broken needs no orderly end.
        _ = unsafe SSL_shutdown(handle)
        ERR_clear_error()
    }

    /// How many bytes wait for the wire.
    public var outputCount: Int { unsafe copenssl_pending(output) }

    /// Takes bytes for the wire.
    ///
    /// - Parameter buffer: Receives as many as there are and as fit, from its start.
    /// - Returns: How many.
    public func takeOutput(into buffer: inout [UInt8]) -> Int {
        guard outputCount > 0 else { return 0 }
        return max(0, Int(unsafe BIO_read(output, &buffer, Int32(buffer.count))))
    }
}
