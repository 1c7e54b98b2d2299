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

    /// Makes a request.
    public init(
        method: String,
        path: String,
        query: String? = nil,
        headers: HTTPHeaders = HTTPHeaders(),
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }
}
