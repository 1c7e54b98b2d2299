internal import Encoding
internal import HTTP

extension APIError {
    /// The status of gRPC that goes with the code.
    var grpcStatus: GRPCStatus {
        switch code {
        case ErrorCode.keyReused.rawValue: return .alreadyExists
        case ErrorCode.keyInProgress.rawValue: return .aborted
        case ErrorCode.outcomeUnknown.rawValue: return .unknown
        default: break
        }
        switch status {
        case 400, 415: return .invalidArgument
        case 401: return .unauthenticated
        case 403: return .permissionDenied
        case 404: return .notFound
        case 405: return .unimplemented
        case 409, 422: return .failedPrecondition
        case 429: return .resourceExhausted
        case 503: return .unavailable
        default: return .internalError
        }
    }

    /// The error that an answer of a route carries.
    init(_ response: HTTPResponse) {
        let value: ExactJSON?
        do throws(JSONError) {
            value = try ExactJSON(decoding: response.body)
        } catch {
            value = nil
        }
        let error = value?["error"]
        self.init(
            code: error?["code"]?.string ?? ErrorCode.internalError.rawValue,
            status: response.status,
            message: error?["message"]?.string ?? "the venue could not answer",
            retryAfterSeconds: response.headers["Retry-After"].flatMap { UInt64($0) }
        )
        if case .object(let members) = error?["details"] {
            for member in members { add(member.name, member.value.string ?? "") }
        }
    }

    /// Writes the message `Error`.
    func write(to writer: inout ProtobufWriter) {
        writer.add(1, code)
        writer.add(2, message)
        for detail in details {
            writer.add(
                3,
                message: { writer in
                    writer.add(1, detail.name)
                    writer.add(2, detail.value)
                }
            )
        }
    }
}

extension GRPCCall {
    /// Ends the call with an error, whose stable code stands in the trailer `parallax-code`.
    func finish(_ error: APIError, _ trace: TraceContext) {
        var trailers = trace.trailers
        trailers.add("parallax-code", error.code)
        for detail in error.details where detail.name == "field" || detail.name == "refusal" {
            // What a header cannot carry is not the name of a field.
            guard detail.value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { continue }
            trailers.add("parallax-" + detail.name, detail.value)
        }
        if let seconds = error.retryAfterSeconds { trailers.add("retry-after", String(seconds)) }
        finish(error.grpcStatus, message: error.message, trailers: trailers)
    }
}

extension TraceContext {
    /// What every call ends with.
    var trailers: HTTPHeaders { HTTPHeaders(["traceparent": header, "x-request-id": span]) }
}
