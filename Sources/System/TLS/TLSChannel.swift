internal import COpenSSL

/// One connection of a `TLSListener` without its socket: bytes of the wire go in and come out, and so do the
/// application's.
///
/// It never waits, and only one thread uses it.
package final class TLSChannel {
    private let engine: TLSEngine
    // The handle's callbacks use it.
    private let context: TLSListenerContext

    /// Whether the handshake is done.
    package private(set) var isReady = false
    /// Whether the client has ended the connection in order.
    package var isEnded: Bool { engine.isEnded }
    /// Who the client is; none if it showed nothing.
    package private(set) var peer: TLSPeer?
    /// Whether both agreed to speak HTTP/2.
    package private(set) var speaksHTTP2 = false

    init(_ context: TLSListenerContext) throws(TLSError) {
        engine = try unsafe TLSEngine(context: context.handle, isServer: true)
        self.context = context
    }

    /// Takes bytes that came over the wire.
    package func receive(_ bytes: UnsafeRawBufferPointer) { unsafe engine.receive(bytes) }

    /// Goes on with the handshake as far as what came allows.
    ///
    /// - Throws: `handshakeFailed`; what is to be told to the client is in the output.
    package func handshake() throws(TLSError) {
        guard !isReady, try engine.handshake() else { return }
        isReady = true
        peer = unsafe SSL_get0_peer_certificate(engine.handle).flatMap { unsafe TLSPeer($0) }
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        unsafe SSL_get0_alpn_selected(engine.handle, &name, &count)
        speaksHTTP2 = unsafe UnsafeBufferPointer(start: name, count: Int(count))
            .elementsEqual("h2".utf8)
    }

    /// Reads what the client wrote; 0 if more must come from the wire first, or never will.
    ///
    /// - Throws: `broken`.
    package func read(into buffer: inout [UInt8]) throws(TLSError) -> Int {
        try engine.read(into: &buffer)
    }

    /// Writes to the client; all of it goes to the output.
    ///
    /// - Throws: `broken`.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(TLSError) {
        try unsafe engine.write(bytes)
    }

    /// Tells the client that nothing more comes.
    package func end() {
        if isReady { engine.end() }
    }

    /// How many bytes wait for the wire.
    package var outputCount: Int { engine.outputCount }

    /// Moves as many bytes for the wire as there are and as fit to a place; returns how many.
    package func takeOutput(into target: UnsafeMutableRawBufferPointer) -> Int {
        unsafe engine.takeOutput(into: target)
    }
}
