/// Fields with which a server tells browsers to be strict.
public struct SecurityHeaders: Equatable, Sendable {
    /// What pages may load and do (Content Security Policy); by itself nothing.
    public var contentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'"
    /// For how many seconds browsers come by TLS only; said over TLS alone, and not at all if 0.
    public var strictTransportSeconds = 31_536_000

    /// Makes the strictest fields.
    public init() {}

    /// The answer with those of the fields that it does not have.
    public func applied(to response: HTTPResponse, of request: HTTPRequest) -> HTTPResponse {
        var fields = HTTPHeaders([
            "Content-Security-Policy": contentSecurityPolicy,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        ])
        if request.peer.isSecure, strictTransportSeconds > 0 {
            fields.add("Strict-Transport-Security", "max-age=\(strictTransportSeconds)")
        }
        return response.adding(missing: fields)
    }
}
