internal import COpenSSL

/// OpenSSL's part of one connection, which reads and writes memory instead of a socket.
@safe final class TLSEngine {
    let handle: OpaquePointer
    /// Both belong to the handle.
    private let input: OpaquePointer
    private let output: OpaquePointer
    /// Whether the other side has ended the connection in order.
    private(set) var isEnded = false

    init(context: OpaquePointer, isServer: Bool) throws(TLSError) {
        guard let made = unsafe SSL_new(context) else {
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
        if isServer {
            unsafe SSL_set_accept_state(made)
        } else {
            unsafe SSL_set_connect_state(made)
        }
        unsafe handle = made
        unsafe self.input = input
        unsafe self.output = output
    }

    deinit { unsafe SSL_free(handle) }

    /// Takes bytes that came over the wire.
    func receive(_ bytes: UnsafeRawBufferPointer) {
        guard unsafe !bytes.isEmpty else { return }
        let taken = unsafe BIO_write(input, bytes.baseAddress, Int32(bytes.count))
        precondition(taken == Int32(bytes.count), "only a lack of memory stops a memory BIO")
    }

    /// Goes on with the handshake as far as what came allows; returns whether it is done.
    func handshake() throws(TLSError) -> Bool {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(handle)
        if result == 1 { return true }
        switch unsafe SSL_get_error(handle, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return false
        default: throw .handshakeFailed(reason: OpenSSLFailure.reason())
        }
    }

    /// Reads what the other side wrote; 0 if more must come from the wire first, or never will.
    func read(into buffer: inout [UInt8]) throws(TLSError) -> Int {
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
    func write(_ bytes: UnsafeRawBufferPointer) throws(TLSError) {
        guard unsafe !bytes.isEmpty else { return }
        ERR_clear_error()
        let count = unsafe SSL_write(handle, bytes.baseAddress, Int32(bytes.count))
        guard count == Int32(bytes.count) else { throw .broken(reason: OpenSSLFailure.reason()) }
    }

    /// Tells the other side that nothing more comes.
    func end() {
        ERR_clear_error()
        // A connection that is broken needs no orderly end.
        _ = unsafe SSL_shutdown(handle)
        ERR_clear_error()
    }

    /// How many bytes wait for the wire.
    var outputCount: Int { unsafe copenssl_pending(output) }

    /// Moves as many bytes for the wire as there are and as fit to a place; returns how many.
    func takeOutput(into target: UnsafeMutableRawBufferPointer) -> Int {
        guard outputCount > 0, unsafe !target.isEmpty else { return 0 }
        return unsafe max(0, Int(BIO_read(output, target.baseAddress, Int32(target.count))))
    }
}
