import Cryptography
import Encoding
import HTTP
import Platform
import Primitives
import Settlement
import Statements

/// The control surface of a running venue: HTTP for its operator, behind a bearer token (RFC 6750).
///
/// The token is in the file `control.token` beside the journal, readable by the venue's user alone.
///
///     GET  /v1/status      how venue, log and committee do
///     GET  /v1/pending     the service contracts that wait
///     POST /v1/reports     {"trade": "7", "claim": "…", "details": {…}}: files a provider's report
///     POST /v1/decisions   {"trade": "7", "decision": "retry|wait|fail", "by": "…", "reason": "…"}, or
///                          {"interval": "7", "decision": "retry|acknowledge", "by": "…", "reason": "…"}
///     POST /v1/penalties   {"evidence": base64, "account": "7"}: judges, files and carries out; account optional
///     POST /v1/bonds       {"account": "7", "asset": "1", "amount": "1000", "release": false, "seat": "3"};
///                          the seat, for whose observer the account answers from then on, is optional
///     POST /v1/rotation    a committee's file: hands the keys on to it; or
///                          {"committee": {…}, "override": "…", "by": "…"} although too few seats rotate
final class ControlServer: Sendable {
    /// The file with the token.
    static let tokenName = "control.token"
    private static let tokenByteCount = 32

    private let server: HTTPServer

    /// The port that it listens on.
    var port: UInt16 { server.port }

    /// Starts to serve.
    ///
    /// - Throws: `environment` when the token cannot be kept or the address is taken.
    init(_ venue: VenueCommittee, at address: SocketAddress) throws(ConsoleError) {
        if !address.isLoopback {
            throw .environment(
                "the control surface speaks HTTP without TLS; let it listen on 127.0.0.1 only"
            )
        }
        let expected = SHA256.hash(of: try Self.token(in: venue.plan.dataPath))
        server = try Console.http { () throws(HTTPError) in
            try HTTPServer(address: address) { [weak venue] request in
                guard Self.isAllowed(request, expected) else {
                    return Self.refusal(401, "show the token of the venue's control.token")
                }
                guard let venue else { return Self.refusal(503, "the venue is stopping") }
                return Self.answer(request, venue)
            }
        }
    }

    /// Stops; a request in work is answered first.
    func stop() { server.stop() }

    /// The token: the one in the file, or a new one.
    private static func token(in path: String) throws(ConsoleError) -> [UInt8] {
        do throws(PlatformError) {
            if try LinuxDirectory.open(path).list().contains(tokenName) {
                return try WholeFile.read(path + "/" + tokenName).filter { $0 > 0x20 }
            }
            let token = Array(Hex.encode(SystemRandom.bytes(tokenByteCount)).utf8)
            try WholeFile.write(token + [0x0a], to: path + "/" + tokenName, mode: 0o600)
            return token
        } catch {
            throw .environment("\(error)")
        }
    }

    /// Whether the request shows the token; the time that this takes says nothing about it.
    private static func isAllowed(_ request: HTTPRequest, _ expected: SHA256.Digest) -> Bool {
        let prefix = "Bearer "
        guard let field = request.headers["authorization"], field.hasPrefix(prefix) else {
            return false
        }
        return SHA256.hash(of: Array(field.dropFirst(prefix.count).utf8)) == expected
    }

    private static func answer(_ request: HTTPRequest, _ venue: VenueCommittee) -> HTTPResponse {
        switch (request.method, request.path) {
        case ("GET", "/v1/status"): success(venue.statusObject)
        case ("GET", "/v1/pending"): success(venue.pendingObject)
        case ("POST", "/v1/reports"): report(request.body, venue)
        case ("POST", "/v1/decisions"): decide(request.body, venue)
        case ("POST", "/v1/penalties"): penalise(request.body, venue)
        case ("POST", "/v1/bonds"): changeBond(request.body, venue)
        case ("POST", "/v1/rotation"): rotate(request.body, venue)
        case (_, "/v1/status"), (_, "/v1/pending"): .methodNotAllowed("GET")
        case (_, "/v1/reports"), (_, "/v1/decisions"), (_, "/v1/penalties"), (_, "/v1/bonds"),
            (_, "/v1/rotation"):
            .methodNotAllowed("POST")
        default: refusal(404, "nothing here")
        }
    }

    private static func report(_ body: [UInt8], _ venue: VenueCommittee) -> HTTPResponse {
        guard let members = members(of: body), let trade = trade(in: members),
            let claim = members["claim"]?.string, let details = members["details"]?.object
        else { return refusal(400, "write {\"trade\": \"7\", \"claim\": \"…\", \"details\": {…}}") }
        do throws(SettlementError) {
            let revision = try venue.coordinator.report(
                trade: trade,
                claim: claim,
                details: details,
                time: Timestamp(LinuxClock().wallNanoseconds())
            )
            var object = JSONObject()
            object.add("trade", String(trade.rawValue))
            object.add("revision", revision)
            return success(object)
        } catch {
            return refusal(error)
        }
    }

    private static func decide(_ body: [UInt8], _ venue: VenueCommittee) -> HTTPResponse {
        if let members = members(of: body), let number = members["interval"] {
            return decide(about: number, members, venue)
        }
        guard let members = members(of: body), let trade = trade(in: members),
            let name = members["decision"]?.string,
            let decision = ContractDecision.allCases.first(where: { $0.name == name }),
            let by = members["by"]?.string, let reason = members["reason"]?.string,
            isLine(by), isLine(reason)
        else {
            return refusal(
                400,
                "write {\"trade\": \"7\", \"decision\": \"retry|wait|fail\", \"by\": \"…\", "
                    + "\"reason\": \"…\"}, one line each"
            )
        }
        do throws(SettlementError) {
            try venue.coordinator.decide(trade: trade, decision, by: by, reason: reason)
        } catch {
            return refusal(error)
        }
        return success(JSONObject())
    }

    static func members(of body: [UInt8]) -> Encoding.JSONObject? {
        do throws(JSONError) { return try JSONValue(decoding: body).object } catch { return nil }
    }

    private static func trade(in members: Encoding.JSONObject) -> TradeID? {
        guard let text = members["trade"]?.string?.string, let number = UInt64(text),
            StatementLimits.claimedTrades.contains(number)
        else { return nil }
        return TradeID(number)
    }

    /// What statements take for a line: 1 to 512 bytes without control characters.
    static func isLine(_ text: Text) -> Bool {
        (1...512).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    }

    static func success(_ object: JSONObject) -> HTTPResponse {
        let headers = HTTPHeaders([
            "Content-Type": "application/json", "Cache-Control": "no-store",
        ])
        return HTTPResponse(
            status: 200,
            headers: headers,
            body: Array((object.description + "\n").utf8)
        )
    }

    private static func refusal(_ error: SettlementError) -> HTTPResponse {
        switch error {
        case .contractNotWaiting: refusal(404, error.description)
        case .claimUnknown, .documentInvalid: refusal(422, error.description)
        case .filingRefused, .journal, .platform: refusal(503, error.description)
        }
    }

    static func refusal(_ status: Int, _ reason: String) -> HTTPResponse {
        var object = JSONObject()
        object.add("error", reason)
        let headers = HTTPHeaders([
            "Content-Type": "application/json", "Cache-Control": "no-store",
        ])
        return HTTPResponse(
            status: status,
            headers: headers,
            body: Array((object.description + "\n").utf8)
        )
    }
}
