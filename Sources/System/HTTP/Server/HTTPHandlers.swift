/// What a server does with what its clients ask.
public struct HTTPHandlers: Sendable {
    /// Takes a request and answers it through the responder, now or later, on any thread.
    ///
    /// Where it runs is the server's `Execution`.
    public var request: @Sendable (HTTPRequest, HTTPResponder) -> Void
    /// Decides about a request to become a WebSocket; without it such requests are ordinary ones.
    ///
    /// It must look at the `Origin` that the headers name: browsers let any page open a WebSocket anywhere. Called
    /// on the reactor's thread, must not block.
    public var webSocket: (@Sendable (HTTPRequest) -> WebSocketAnswer)?
    /// The methods of gRPC by their paths, such as `/parallax.v1.Trading/PlaceOrder`.
    public var grpc: [String: any GRPCHandler]

    /// Makes handlers.
    public init(
        request: @escaping @Sendable (HTTPRequest, HTTPResponder) -> Void,
        webSocket: (@Sendable (HTTPRequest) -> WebSocketAnswer)? = nil,
        grpc: [String: any GRPCHandler] = [:]
    ) {
        self.request = request
        self.webSocket = webSocket
        self.grpc = grpc
    }
}

/// What a request to become a WebSocket comes to.
public enum WebSocketAnswer: Sendable {
    /// The connection stays what it is, and gets this answer.
    case refuse(HTTPResponse)
    /// It becomes a WebSocket that speaks one of the protocols that the client offered, or none.
    case accept(protocol: String?, any WebSocketSession)
}
