internal import COpenSSL
public import Cryptography

/// One secure connection without its transport: bytes of the wire go in and come out, and so do the
/// application's.
///
/// It never waits. Whoever owns it moves `takeOutput` to the wire after every call, and what comes from the wire
/// to `receive`. Only one thread uses it at a time.
public final class TLSSession {
    private let engine: TLSEngine
    // The handle's callbacks use it.
    private let context: TLSContext

    /// Whether the handshake is done, so that `peer` is known and `read` and `write` may be called.
    public private(set) var isReady = false
    /// Whether the other side has ended the connection in order.
    public var isEnded: Bool { engine.isEnded }
    /// The key that the other side holds; none before the handshake is done.
    public private(set) var peer: Ed25519.PublicKey?

    /// Begins a connection.
    ///
    /// - Throws: `cannotStart` when OpenSSL has no memory.
    public init(_ context: TLSContext) throws(TLSError) {
        engine = try unsafe TLSEngine(context: context.handle, isServer: context.isServer)
        self.context = context
    }

    /// Takes bytes that came over the wire.
    ///
    /// - Complexity: O(n).
    public func receive(_ bytes: [UInt8], count: Int) {
        precondition(count <= bytes.count)
        unsafe bytes[..<count].withUnsafeBytes { bytes in unsafe engine.receive(bytes) }
    }

    /// Goes on with the handshake as far as what came allows.
    ///
    /// - Throws: `handshakeFailed`, `badCertificate`. What is to be told to the other side is in the output.
    public func handshake() throws(TLSError) {
        guard !isReady, try engine.handshake() else { return }
        guard let certificate = unsafe SSL_get0_peer_certificate(engine.handle),
            let key = unsafe TLSIdentity.publicKey(ofSelfSigned: certificate)
        else { throw .badCertificate }
        peer = key
        isReady = true
    }

    /// Reads what the other side wrote.
    ///
    /// - Parameter buffer: Receives the bytes from its start; it must not be empty.
    /// - Returns: How many there are; 0 when more must come from the wire first, or never will (`isEnded`).
    /// - Throws: `broken`.
    public func read(into buffer: inout [UInt8]) throws(TLSError) -> Int {
        try engine.read(into: &buffer)
    }

    /// Writes to the other side; all of it goes to the output.
    ///
    /// - Throws: `broken`.
    /// - Complexity: O(n).
    public func write(_ bytes: [UInt8]) throws(TLSError) {
        try unsafe bytes.span.bytes.withUnsafeBytes { bytes throws(TLSError) in
            try unsafe engine.write(bytes)
        }
    }

    /// Tells the other side that nothing more comes.
    public func end() {
        if isReady { engine.end() }
    }

    /// How many bytes wait for the wire.
    public var outputCount: Int { engine.outputCount }

    /// Takes bytes for the wire.
    ///
    /// - Parameter buffer: Receives as many as there are and as fit, from its start.
    /// - Returns: How many.
    public func takeOutput(into buffer: inout [UInt8]) -> Int {
        unsafe buffer.withUnsafeMutableBytes { buffer in unsafe engine.takeOutput(into: buffer) }
    }
}
