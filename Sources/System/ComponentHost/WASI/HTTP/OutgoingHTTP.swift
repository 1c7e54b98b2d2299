/// A request over HTTP that a program makes.
public struct OutgoingHTTPRequest: Equatable, Sendable {
    /// The method, such as `GET`.
    public var method: String
    /// `http` or `https`.
    public var scheme: String
    /// The host, with `:port` where it is not the scheme's own.
    public var authority: String
    /// The path with the query; begins with `/`.
    public var pathWithQuery: String
    /// The header fields, in order; values are bytes without line ends.
    public var headers: [Setting]
    /// The body.
    public var body: [UInt8]
}

/// What the host answered.
public struct OutgoingHTTPAnswer: Equatable, Sendable {
    /// The status.
    public var status: UInt16
    /// The header fields, in order.
    public var headers: [Setting]
    /// The body.
    public var body: [UInt8]

    /// Makes an answer.
    public init(status: UInt16, headers: [Setting], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Why a request got no answer; the names are cases of `error-code` of `wasi:http/types`.
public enum OutgoingHTTPError: Error, Equatable, Sendable {
    /// The host is not one of those that the service may ask.
    case denied
    /// The host's address is one of this machine or of a private network.
    case prohibitedAddress
    /// The authority or the path is none.
    case invalidURI
    /// Nobody knows the name.
    case dnsError
    /// The host takes no connection.
    case connectionRefused
    /// No answer in time.
    case timeout
    /// The answer has more bytes than it may.
    case tooLarge
    /// Anything else, in words for the log.
    case failed(String)
}

/// Asks hosts over HTTP for programs.
///
/// Which hosts they may ask is checked before.
public protocol OutgoingHTTP: Sendable {
    /// Sends a request and waits for the answer.
    ///
    /// - Parameters:
    ///   - request: What is asked.
    ///   - mayBePrivate: Whether the address may be one of this machine or of a private network.
    ///   - milliseconds: How long it may take.
    ///   - bodyBytesMax: Bytes of the answer's body.
    /// - Returns: The answer; a redirect is one, and is not followed.
    /// - Throws: `OutgoingHTTPError`.
    func send(
        _ request: OutgoingHTTPRequest,
        mayBePrivate: Bool,
        milliseconds: Int,
        bodyBytesMax: Int
    ) throws(OutgoingHTTPError) -> OutgoingHTTPAnswer
}
