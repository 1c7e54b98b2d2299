/// The version of HTTP that a request came by.
public enum HTTPVersion: String, Equatable, Sendable {
    /// HTTP/1.0.
    case http10 = "HTTP/1.0"
    /// HTTP/1.1.
    case http11 = "HTTP/1.1"
    /// HTTP/2.
    case http2 = "HTTP/2"
}

/// A request with its whole body (RFC 9110).
public struct HTTPRequest: Equatable, Sendable {
    /// The method, such as `GET`; upper and lower case differ.
    public let method: String
    /// The path as it was sent, from its `/` on and without the query; nothing in it is decoded.
    public let path: String
    /// What stands behind the `?`; none without one.
    public let query: String?
    /// The header fields.
    public let headers: HTTPHeaders
    /// The body, without its framing.
    public let body: [UInt8]
    /// The version that it came by.
    public let version: HTTPVersion
    /// Whom it came from.
    public let peer: HTTPPeer

    /// The numeric address of the client, without its port; empty if the request came over no network.
    public var peerAddress: String { peer.address }

    /// Makes a request.
    public init(
        method: String,
        path: String,
        query: String? = nil,
        headers: HTTPHeaders = HTTPHeaders(),
        body: [UInt8] = [],
        version: HTTPVersion = .http11,
        peer: HTTPPeer = HTTPPeer()
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.version = version
        self.peer = peer
    }
}
