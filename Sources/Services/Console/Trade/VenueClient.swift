import Encoding
import HTTP
import Platform

/// Talks to a venue's interface over HTTP, and repeats what may be repeated.
struct VenueClient {
    /// Where the venue is, without a slash at the end.
    let venue: String
    /// How long a command may take, repetitions included.
    private let patienceNanoseconds: UInt64
    private let exchange = HTTPExchange(
        mayBePrivate: true,
        milliseconds: 10_000,
        bodyBytesMax: 16 << 20
    )
    private let clock = LinuxClock()

    /// Bounds of what a venue may answer.
    static let limits = DecodingLimits(bytesMax: 16 << 20, depthMax: 16)

    static let options = [
        OptionSyntax("--venue", "URL", "where the venue is (default: http://127.0.0.1:8080)"),
        OptionSyntax("--patience", "SECONDS", "how long to try again (default: 30)"),
    ]

    init(_ arguments: Arguments) throws(ConsoleError) {
        var url = arguments.text("--venue") ?? "http://127.0.0.1:8080"
        while url.hasSuffix("/") { url.removeLast() }
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw arguments.usage("option --venue is \(url.quoted); give a URL of http or https")
        }
        venue = url
        let seconds = try arguments.number("--patience", in: 0...3_600, standard: 30)
        patienceNanoseconds = UInt64(seconds) * 1_000_000_000
    }

    /// Where the venue's WebSocket is.
    var socketURL: String { "ws" + venue.dropFirst(4) + "/ws" }

    /// Sends a request, again while that is right, and gives the body of the answer.
    ///
    /// A request whose answer was lost may have been carried out. It is repeated where a repetition is harmless; the
    /// end of the patience then says that the outcome is unknown.
    ///
    /// - Throws: `disagreement` with the venue's words when it refuses; `environment` when there is no answer.
    func send(_ request: VenueRequest, token: String? = nil) throws(ConsoleError) -> [UInt8] {
        switch try attempt(request, token: token) {
        case .success(let body): return body
        case .failure(let refusal): throw refusal.error
        }
    }

    /// Sends a request as `send` does, and gives what the venue refuses as a value.
    func attempt(
        _ request: VenueRequest,
        token: String? = nil
    ) throws(ConsoleError) -> VenueAnswer {
        let end = clock.monotonicNanoseconds() + patienceNanoseconds
        // After an answer was lost, that nobody listens is a venue that restarts.
        var wasSent = false
        while true {
            let pause: UInt64
            do throws(HTTPExchange.Failure) {
                let answer = try exchange.send(made(request, token))
                if (200..<300).contains(answer.status) { return .success(answer.body) }
                let refusal = VenueRefusal(status: answer.status, body: answer.body)
                let mayRepeat =
                    refusal.isPassing || (refusal.isOpen && request.repetition == .harmless)
                guard mayRepeat else { return .failure(refusal) }
                pause = Self.pause(answer)
                guard clock.monotonicNanoseconds() + pause < end else { return .failure(refusal) }
            } catch {
                let isSent = Self.mayHaveArrived(error)
                wasSent = wasSent || isSent
                guard wasSent, request.repetition == .harmless else {
                    throw unanswered(error, wasSent)
                }
                pause = 250_000_000
                guard clock.monotonicNanoseconds() + pause < end else {
                    throw unanswered(error, wasSent)
                }
            }
            PlatformThread.nap(nanoseconds: pause)
        }
    }

    /// Asks for JSON.
    func json(_ request: VenueRequest, token: String? = nil) throws(ConsoleError) -> ExactJSON {
        try read(send(request, token: token))
    }

    /// Reads what the venue answered.
    func read(_ bytes: [UInt8]) throws(ConsoleError) -> ExactJSON {
        do throws(JSONError) {
            return try ExactJSON(decoding: bytes, limits: Self.limits)
        } catch {
            throw .environment("\(venue): answers with what is no JSON: \(error); is it a venue?")
        }
    }

    private func made(_ request: VenueRequest, _ token: String?) -> HTTPExchange.Request {
        var made = HTTPExchange.Request(method: request.method, url: venue + request.path)
        made.fields = request.headers
        if !request.body.isEmpty { made.fields.append(("Content-Type", "application/json")) }
        if let token { made.fields.append(("Authorization", "Bearer " + token)) }
        made.body = request.body
        return made
    }

    /// How long the venue asks to wait; a second if it does not say.
    private static func pause(_ answer: HTTPExchange.Answer) -> UInt64 {
        let field = answer.fields.first { field in field.name.lowercased() == "retry-after" }
        return min(field.flatMap { UInt64($0.value) } ?? 1, 60) * 1_000_000_000
    }

    private static func mayHaveArrived(_ failure: HTTPExchange.Failure) -> Bool {
        switch failure {
        case .invalid, .unknownHost, .privateAddress, .refused: false
        case .timedOut, .tooLarge, .failed: true
        }
    }

    private func unanswered(_ failure: HTTPExchange.Failure, _ wasSent: Bool) -> ConsoleError {
        switch failure {
        case .invalid: return .environment("\(venue): is no URL that can be asked")
        case .unknownHost: return .environment("\(venue): nobody knows that name")
        case .tooLarge: return .environment("\(venue): the answer is too large")
        case .refused where !wasSent, .privateAddress:
            return .environment("\(venue): no venue listens there; start it, or name another one")
        case .refused, .timedOut, .failed:
            let reason = if case .failed(let words) = failure { words } else { "no answer in time" }
            return .environment("\(venue): \(reason); whether it was done is not known")
        }
    }
}

/// What a venue answers: a body, or why not.
enum VenueAnswer {
    case success([UInt8])
    case failure(VenueRefusal)
}
