/// One whole message of a WebSocket.
public enum WebSocketMessage: Equatable, Sendable {
    /// A text; its bytes are valid UTF-8.
    case text([UInt8])
    /// Bytes.
    case binary([UInt8])
}

/// The server's end of a WebSocket, made by its owner for each connection.
///
/// All is called on the reactor's thread, in order, and must not block.
public protocol WebSocketSession: AnyObject, Sendable {
    /// The WebSocket is open; the peer is how to send, from any thread.
    func opened(_ peer: WebSocketPeer)
    /// A message came.
    func received(_ message: WebSocketMessage)
    /// It is over; called once, nothing comes after it.
    ///
    /// - Parameter code: What the other side closed with, or this one because of it (RFC 6455 §7.4): 1005 when it
    ///   gave none, 1006 when the connection broke or died, 1001 when the server stops, 1013 when the client did not
    ///   read.
    func closed(_ code: UInt16)
}
