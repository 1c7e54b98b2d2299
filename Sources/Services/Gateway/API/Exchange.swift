internal import Access
internal import Encoding
internal import HTTP

/// One request on its way to its answer.
struct Exchange: Sendable {
    let request: HTTPRequest
    /// The parts of the path that the route names.
    let parameters: [String: String]
    /// Who asks; none on routes that are open to everybody.
    let caller: Principal?
    let trace: TraceContext
    let responder: HTTPResponder

    /// Who asks, on a route that requires it.
    func principal() throws(APIError) -> Principal {
        guard let caller else { throw APIError(AccessError.refused(.unauthenticated)) }
        return caller
    }

    /// A part of the path.
    func parameter(_ name: String) -> String { parameters[name] ?? "" }

    /// The members of the body.
    func fields() throws(APIError) -> RequestFields {
        if !request.body.isEmpty, let type = request.headers["Content-Type"] {
            let essence = type.prefix { character in character != ";" }
            guard essence.lowercased() == "application/json" else {
                throw APIError(.unsupportedMediaType, "send application/json")
            }
        }
        return try RequestFields(request.body)
    }

    /// The parameters of the query.
    func query() throws(APIError) -> QueryParameters { try QueryParameters(request.query) }

    // MARK: Answers

    /// Answers with an object.
    func answer(
        _ status: Int = 200,
        _ fields: KeyValuePairs<String, String> = [:],
        _ body: (inout JSONWriter) -> Void
    ) {
        respond(.json(status, JSONWriter.object(body), fields))
    }

    /// Answers with an error.
    func fail(_ error: APIError) { respond(error.response) }

    /// Answers.
    func respond(_ response: HTTPResponse) { responder.respond(response) }
}

extension HTTPResponse {
    /// An answer of JSON that nobody keeps.
    static func json(
        _ status: Int,
        _ body: [UInt8],
        _ fields: KeyValuePairs<String, String> = [:]
    ) -> HTTPResponse {
        var headers = HTTPHeaders(fields)
        headers.add("Content-Type", "application/json")
        if headers["Cache-Control"] == nil { headers.add("Cache-Control", "no-store") }
        return HTTPResponse(status: status, headers: headers, body: body)
    }
}

extension APIError {
    /// The error of who may do what.
    init(_ error: AccessError) {
        self.init(
            code: error.code,
            status: error.httpStatus,
            message: error.message,
            retryAfterSeconds: error.httpStatus == 429 || error.httpStatus == 503 ? 1 : nil
        )
    }
}
