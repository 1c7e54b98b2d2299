/// A request that a program puts together.
final class OutgoingRequest: HostResource {
    static let type = ResourceType.outgoingRequest

    let headers: Fields
    var method: WITValue = .variant("get", nil)
    var pathWithQuery: String?
    var scheme: WITValue?
    var authority: String?
    var body: OutgoingBody?

    init(headers: Fields) { self.headers = headers }

    /// The method's name; none when it is no word.
    var methodName: String? {
        guard let (name, value) = method.choice else { return nil }
        guard name == "other" else { return name.uppercased() }
        guard let text = value?.text, !text.isEmpty, text.utf8.count <= 32,
            text.utf8.allSatisfy({ (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) })
        else { return nil }
        return text
    }

    /// `http` or `https`; none when it is another one.
    var schemeName: String? {
        guard let scheme else { return "https" }
        switch scheme.choice?.name {
        case "HTTP": return "http"
        case "HTTPS": return "https"
        default: return nil
        }
    }

    /// The whole request.
    func request() throws(OutgoingHTTPError) -> OutgoingHTTPRequest {
        guard let methodName else { throw .failed("no method") }
        guard let schemeName, let authority,
            HostRules.parts(authority, scheme: schemeName) != nil
        else { throw .invalidURI }
        let path = pathWithQuery.flatMap { $0.isEmpty ? nil : $0 } ?? "/"
        let isGraphic = path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
        guard path.hasPrefix("/"), isGraphic, path.utf8.count <= 16_384 else {
            throw .invalidURI
        }
        return OutgoingHTTPRequest(
            method: methodName,
            scheme: schemeName,
            authority: authority,
            pathWithQuery: path,
            headers: headers.entries.map { entry in
                Setting(key: entry.name, value: String(decoding: entry.value, as: UTF8.self))
            },
            body: body?.bytes ?? []
        )
    }
}

/// The body of a request, which is sent as a whole once the program has ended it.
final class OutgoingBody: HostResource {
    static let type = ResourceType.outgoingBody

    fileprivate(set) var bytes: [UInt8] = []
    var isWritten = false
    var isFinished = false
    private let bytesMax: Int

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    fileprivate func append(_ more: [UInt8]) throws(StreamFault) {
        guard !isFinished else { throw .closed }
        guard bytes.count + more.count <= bytesMax else {
            throw .failed("the body has more than \(bytesMax) bytes")
        }
        bytes += more
    }
}

/// Where a program writes a body.
final class BodyOutput: OutputStream {
    private let body: OutgoingBody

    init(_ body: OutgoingBody) { self.body = body }

    override func write(_ bytes: [UInt8]) throws(StreamFault) { try body.append(bytes) }
}

/// How long a program wants to wait, in nanoseconds.
final class RequestOptions: HostResource {
    static let type = ResourceType.requestOptions
    var timeouts: [String: UInt64] = [:]

    /// The shortest that it says something about, in milliseconds.
    var milliseconds: Int {
        timeouts.values.map { Int(clamping: $0 / 1_000_000) }.min() ?? .max
    }
}

/// An answer that is not there yet: the host is asked when the program waits for it.
final class FutureResponse: HostResource {
    static let type = ResourceType.futureIncomingResponse

    private let request: OutgoingRequest
    private let mayBePrivate: Bool
    private let milliseconds: Int
    private var result: Result<OutgoingHTTPAnswer, OutgoingHTTPError>?
    private var isTaken = false

    init(_ request: OutgoingRequest, mayBePrivate: Bool, milliseconds: Int) {
        self.request = request
        self.mayBePrivate = mayBePrivate
        self.milliseconds = milliseconds
    }

    var isDone: Bool { result != nil }

    /// Whether the program has said all that it sends.
    var canBeAsked: Bool { result == nil && request.body?.isFinished ?? true }

    /// Asks the host, within the time that the call has left.
    func ask(_ state: CallState) throws(HostRefusal) {
        guard let http = state.context.http else {
            result = .failure(.denied)
            return
        }
        let left = Int(clamping: state.nanosecondsLeft / 1_000_000)
        guard left > 0 else {
            throw HostRefusal(.deadline(milliseconds: state.limits.milliseconds))
        }
        do throws(OutgoingHTTPError) {
            result = .success(
                try http.send(
                    request.request(),
                    mayBePrivate: mayBePrivate,
                    milliseconds: min(left, milliseconds),
                    bodyBytesMax: state.limits.outputBytesMax
                )
            )
        } catch {
            result = .failure(error)
        }
        // An answer that comes too late is none.
        try state.checkTime()
    }

    /// The answer, once; none before it is there.
    func take() -> Result<OutgoingHTTPAnswer, OutgoingHTTPError>?? {
        guard let result else { return nil }
        if isTaken { return .some(nil) }
        isTaken = true
        return .some(result)
    }
}

extension OutgoingHTTPError {
    /// As a case of `error-code`.
    var value: WITValue {
        switch self {
        case .denied: .variant("HTTP-request-denied", nil)
        case .invalidURI: .variant("HTTP-request-URI-invalid", nil)
        case .dnsError:
            .variant(
                "DNS-error",
                .record([("rcode", .option(nil)), ("info-code", .option(nil))])
            )
        case .prohibitedAddress: .variant("destination-IP-prohibited", nil)
        case .connectionRefused: .variant("connection-refused", nil)
        case .timeout: .variant("connection-timeout", nil)
        case .tooLarge: .variant("HTTP-response-body-size", .option(nil))
        case .failed(let text): .variant("internal-error", .option(.string(text)))
        }
    }
}
