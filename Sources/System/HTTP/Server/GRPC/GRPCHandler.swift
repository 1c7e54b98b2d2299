/// Takes the calls of one method; unary and streaming methods are the same to it.
public protocol GRPCHandler: Sendable {
    /// A call begins.
    ///
    /// Called on the reactor's thread, must not block.
    ///
    /// - Returns: Who takes what the caller sends.
    func begin(_ call: GRPCCall) -> any GRPCReceiver
}

/// Takes what a caller sends.
///
/// All is called on the reactor's thread, in order, and must not block. After `GRPCCall.finish` nothing is called.
public protocol GRPCReceiver: AnyObject, Sendable {
    /// A message came.
    func received(_ message: [UInt8])
    /// The caller sends no more messages.
    func halfClosed()
    /// The caller is gone, gave up or did not read, or its deadline is over; nothing can be sent any more.
    func cancelled()
    /// There is room again after `GRPCCall.send` found none.
    func writable()
}

extension GRPCReceiver {
    /// Does nothing: for methods that never send more than fits.
    public func writable() {}
}

/// One message, framed once and sent to any number of calls without copying.
public struct GRPCMessage: Sendable {
    let chunk: ByteChunk

    /// Frames a message of less than 4 GiB.
    public init(_ message: [UInt8]) {
        precondition(message.count <= UInt32.max, "a length has 32 bits")
        let count = UInt32(message.count)
        // No compression, and the length (gRPC's `PROTOCOL-HTTP2.md`).
        let prefix =
            [0]
            + [24, 16, 8, 0].map { shift in UInt8(truncatingIfNeeded: count >> UInt32(shift)) }
        chunk = ByteChunk(prefix, message)
    }

    /// Bytes of the framed message.
    public var byteCount: Int { chunk.count }
}
