internal import HTTP

/// Asks hosts over HTTP/1.1 and TLS, each request on a connection of its own.
public struct CurlHTTP: OutgoingHTTP {
    /// Makes it; all are the same.
    public init() {}

    /// Sends a request and waits for the answer.
    ///
    /// - Parameters:
    ///   - request: What is asked.
    ///   - mayBePrivate: Whether the address may be one of this machine or of a private network.
    ///   - milliseconds: How long it may take.
    ///   - bodyBytesMax: Bytes of the answer's body.
    /// - Returns: The answer; a redirect is one, and is not followed.
    /// - Throws: `OutgoingHTTPError`.
    public func send(
        _ request: OutgoingHTTPRequest,
        mayBePrivate: Bool,
        milliseconds: Int,
        bodyBytesMax: Int
    ) throws(OutgoingHTTPError) -> OutgoingHTTPAnswer {
        let exchange = HTTPExchange(
            mayBePrivate: mayBePrivate,
            milliseconds: milliseconds,
            bodyBytesMax: bodyBytesMax
        )
        var message = HTTPExchange.Request(
            method: request.method,
            url: request.scheme + "://" + request.authority + request.pathWithQuery
        )
        // How long the body is, is known here.
        message.fields = request.headers
            .filter { $0.key.lowercased() != "content-length" }
            .map { (name: $0.key, value: $0.value) }
        message.body = request.body
        do throws(HTTPExchange.Failure) {
            let answer = try exchange.send(message)
            return OutgoingHTTPAnswer(
                status: UInt16(clamping: answer.status),
                headers: answer.fields
                    .filter { !Self.ofTransfer.contains($0.name) }
                    .map { Setting(key: $0.name, value: $0.value) },
                body: answer.body
            )
        } catch {
            throw Self.error(error)
        }
    }

    /// Fields of the connection, which ends here.
    private static let ofTransfer = [
        "connection", "keep-alive", "transfer-encoding", "trailer", "upgrade",
    ]

    private static func error(_ failure: HTTPExchange.Failure) -> OutgoingHTTPError {
        switch failure {
        case .invalid: .invalidURI
        case .unknownHost: .dnsError
        case .privateAddress: .prohibitedAddress
        case .refused: .connectionRefused
        case .timedOut: .timeout
        case .tooLarge: .tooLarge
        case .failed(let text): .failed(text)
        }
    }
}
