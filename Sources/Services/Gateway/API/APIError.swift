internal import Encoding
public import HTTP
public import Venue

/// Why a request is not answered with what it asks for: `{"error":{"code","message","details"}}`.
public struct APIError: Error, Equatable, Sendable {
    /// The stable code.
    public let code: String
    /// The status of HTTP.
    public let status: Int
    /// What is wrong and what to do, for people.
    public let message: String
    /// More for programs, by name.
    public private(set) var details: [Detail] = []
    /// After how many seconds to try again, where that helps.
    public private(set) var retryAfterSeconds: UInt64?

    /// A named piece of detail.
    public struct Detail: Equatable, Sendable {
        /// The name.
        public let name: String
        /// The value.
        public let value: String
    }

    /// Makes an error of the gateway's own.
    public init(_ code: ErrorCode, _ message: String, field: String? = nil) {
        self.code = code.rawValue
        status = code.status
        self.message = message
        if let field { details.append(Detail(name: "field", value: field)) }
        if code == .busy || code == .notReady || code == .unavailable { retryAfterSeconds = 1 }
    }

    /// Makes an error of another layer, which has a code of its own.
    init(code: String, status: Int, message: String, retryAfterSeconds: UInt64? = nil) {
        self.code = code
        self.status = status
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// Makes the error for a refusal of the venue.
    public init(_ refusal: Refusal) {
        code = refusal.code
        status = refusal.status
        message = refusal.message
        details.append(Detail(name: "refusal", value: String(refusal.rawValue)))
    }

    /// Adds a piece of detail.
    mutating func add(_ name: String, _ value: String) {
        details.append(Detail(name: name, value: value))
    }

    /// The error for a command that was not queued.
    init(_ rejection: CommandRejection) {
        switch rejection {
        case .busy: self.init(.busy, "too many commands wait; try again in a second")
        case .stopped: self.init(.stopping, "the venue is stopping; try again after its restart")
        }
    }

    /// Writes the member `error`.
    func write(to writer: inout JSONWriter) {
        writer.add(
            "error",
            object: { writer in
                writer.add("code", code)
                writer.add("message", message)
                writer.add(
                    "details",
                    object: { writer in
                        for detail in details {
                            writer.name(dynamic: detail.name)
                            writer.string(detail.value)
                        }
                    }
                )
            }
        )
    }

    /// The body of the answer.
    public var body: [UInt8] { JSONWriter.object { writer in write(to: &writer) } }

    /// The answer.
    public var response: HTTPResponse {
        var headers = HTTPHeaders(["Content-Type": "application/json", "Cache-Control": "no-store"])
        if let retryAfterSeconds { headers.add("Retry-After", String(retryAfterSeconds)) }
        return HTTPResponse(status: status, headers: headers, body: body)
    }
}
