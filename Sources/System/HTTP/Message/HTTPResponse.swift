/// An answer with its body (RFC 9110).
public struct HTTPResponse: Equatable, Sendable {
    /// The status, from 200 to 599.
    public let status: Int
    /// The header fields; length, date and connection are the server's to add.
    public let headers: HTTPHeaders
    /// The body; empty if that is a file.
    public let body: [UInt8]
    /// The file that is the body, if it is one.
    public let file: HTTPFile?

    /// Makes an answer.
    public init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
        precondition((200...599).contains(status), "an answer of the server is a final one")
        self.status = status
        self.headers = headers
        self.body = body
        file = nil
    }

    /// Makes an answer whose body is a file, which is read while it is sent.
    public init(status: Int, headers: HTTPHeaders = HTTPHeaders(), file: HTTPFile) {
        precondition((200...599).contains(status), "an answer of the server is a final one")
        self.status = status
        self.headers = headers
        body = []
        self.file = file
    }

    private init(_ other: HTTPResponse, headers: HTTPHeaders) {
        status = other.status
        body = other.body
        file = other.file
        self.headers = headers
    }

    /// The same answer with another field.
    public func adding(_ name: String, _ value: String) -> HTTPResponse {
        var headers = headers
        headers.add(name, value)
        return HTTPResponse(self, headers: headers)
    }

    /// The same answer with those of some fields that it does not have.
    public func adding(missing fields: HTTPHeaders) -> HTTPResponse {
        var headers = headers
        for field in fields.fields where self.headers[field.name] == nil {
            headers.addRead(field.name, field.value)
        }
        return HTTPResponse(self, headers: headers)
    }

    /// Bytes of the body.
    var byteCount: UInt64 { file?.byteCount ?? UInt64(body.count) }

    /// Makes an answer of a line of plain text; the newline is added.
    public static func text(
        _ status: Int,
        _ line: String,
        _ fields: KeyValuePairs<String, String> = [:]
    ) -> HTTPResponse {
        var headers = HTTPHeaders(fields)
        headers.add("Content-Type", "text/plain; charset=utf-8")
        return HTTPResponse(status: status, headers: headers, body: Array((line + "\n").utf8))
    }

    /// Answers that the path has another method: 405 with the methods that it has.
    public static func methodNotAllowed(_ allowed: String) -> HTTPResponse {
        text(405, "use " + allowed, ["Allow": allowed])
    }

    /// What the status is called; clients do not rely on it.
    static func reason(of status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 302: "Found"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
