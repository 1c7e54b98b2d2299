/// Which pages of other origins may use a server from a browser (the Fetch standard's CORS protocol).
///
/// Cookies are never part of it. Without origins on the list, only pages of the server itself may.
public struct CORSPolicy: Equatable, Sendable {
    /// The origins that may, such as `https://trade.example`, exactly as browsers write them.
    public var origins: [String]
    /// The methods that they may use.
    public var methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    /// The fields that their requests may have besides the harmless ones.
    public var requestFields = ["authorization", "content-type"]
    /// The fields of answers that they may read besides the harmless ones.
    public var responseFields: [String] = []
    /// For how many seconds a browser remembers what it was told.
    public var preflightSeconds = 600

    /// Makes a policy.
    public init(origins: [String] = []) { self.origins = origins }

    /// Whether the origin that a request names is on the list.
    public func lists(_ request: HTTPRequest) -> Bool {
        guard let origin = request.headers["origin"] else { return false }
        return origins.contains(origin)
    }

    /// Whether a WebSocket may be opened by a request: by programs, which name no origin, by pages of the server
    /// itself, and by those on the list.
    public func admitsWebSocket(_ request: HTTPRequest) -> Bool {
        let named = request.headers.values("origin")
        guard let origin = named.first else { return true }
        guard named.count == 1 else { return false }
        let scheme = request.peer.isSecure ? "https://" : "http://"
        return lists(request) || request.headers["host"].map { origin == scheme + $0 } ?? false
    }

    /// The answer to a browser that asks beforehand; none if the request is no such question.
    public func preflight(_ request: HTTPRequest) -> HTTPResponse? {
        guard request.method == "OPTIONS", request.headers["origin"] != nil,
            request.headers["access-control-request-method"] != nil
        else { return nil }
        guard lists(request), let origin = request.headers["origin"] else {
            return HTTPResponse(status: 403, headers: HTTPHeaders(["Vary": "Origin"]))
        }
        return HTTPResponse(
            status: 204,
            headers: HTTPHeaders([
                "Access-Control-Allow-Origin": origin,
                "Access-Control-Allow-Methods": methods.joined(separator: ", "),
                "Access-Control-Allow-Headers": requestFields.joined(separator: ", "),
                "Access-Control-Max-Age": String(preflightSeconds),
                "Vary": "Origin",
            ])
        )
    }

    /// The answer with what lets a page of a listed origin read it.
    public func applied(to response: HTTPResponse, of request: HTTPRequest) -> HTTPResponse {
        if origins.isEmpty { return response }
        guard lists(request), let origin = request.headers["origin"] else {
            return response.adding("Vary", "Origin")
        }
        var fields = HTTPHeaders([
            "Access-Control-Allow-Origin": origin,
            "Cross-Origin-Resource-Policy": "cross-origin",
        ])
        if !responseFields.isEmpty {
            fields.add("Access-Control-Expose-Headers", responseFields.joined(separator: ", "))
        }
        // What the answer varies with besides is said by a field of its own.
        return response.adding("Vary", "Origin").adding(missing: fields)
    }
}

extension HTTPHandlers {
    /// The same handlers behind policies: questions of browsers are answered, answers get the fields, and WebSockets
    /// of other origins are refused.
    public func applying(_ security: SecurityHeaders, _ cors: CORSPolicy) -> HTTPHandlers {
        let request = request
        var handlers = HTTPHandlers { asked, responder in
            let responder = responder.transforming { response in
                security.applied(to: cors.applied(to: response, of: asked), of: asked)
            }
            if let answer = cors.preflight(asked) {
                responder.respond(answer)
            } else {
                request(asked, responder)
            }
        }
        handlers.grpc = grpc
        guard let webSocket else { return handlers }
        handlers.webSocket = { asked in
            guard cors.admitsWebSocket(asked) else {
                return .refuse(.text(403, "this origin may not open a WebSocket"))
            }
            return webSocket(asked)
        }
        return handlers
    }
}
