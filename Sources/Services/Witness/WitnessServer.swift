public import HTTP
internal import MerkleLog
public import Platform

/// The HTTP interface of a witness: `POST /add-checkpoint` and `GET /<origin hash>/checkpoint`.
public final class WitnessServer: Sendable {
    private let server: HTTPServer

    /// The port that it listens on.
    public var port: UInt16 { server.port }

    /// Starts to serve.
    ///
    /// - Parameters:
    ///   - witness: Who decides.
    ///   - address: Where to listen; this machine alone unless said otherwise.
    ///   - clock: The source of time for time-outs.
    ///   - report: Takes what the operator should know: that the disk fails.
    /// - Throws: `HTTPError` when the address is taken.
    public init(
        _ witness: Witness,
        address: SocketAddress = .loopback,
        clock: any Clock = LinuxClock(),
        report: @escaping @Sendable (WitnessError) -> Void
    ) throws(HTTPError) {
        var limits = HTTPLimits()
        // A proof of 63 hashes and a checkpoint with 16 post-quantum signatures fit twice.
        limits.bodyBytesMax = 256 << 10
        server = try HTTPServer(address: address, limits: limits, clock: clock) { request in
            Self.answer(request, witness, report)
        }
    }

    /// Stops; a request in work is answered first.
    public func stop() { server.stop() }

    /// Why the server stopped by itself; none while it runs.
    public var failure: HTTPError? { server.failure }

    /// Answers one request, as the server does.
    public static func answer(
        _ request: HTTPRequest,
        _ witness: Witness,
        _ report: (WitnessError) -> Void
    ) -> HTTPResponse {
        if request.path == "/add-checkpoint" {
            guard request.method == "POST" else { return .methodNotAllowed("POST") }
            do throws(WitnessError) {
                return response(to: try witness.addCheckpoint(request.body))
            } catch {
                report(error)
                // Nothing of the machine is told to strangers.
                return .text(500, "the state could not be stored")
            }
        }
        let parts = request.path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].isEmpty, parts[2] == "checkpoint",
            let checkpoint = witness.latestCheckpoint(originHash: String(parts[1]))
        else { return .text(404, "nothing here") }
        guard request.method == "GET" || request.method == "HEAD" else {
            return .methodNotAllowed("GET, HEAD")
        }
        let headers = HTTPHeaders([
            "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "public, max-age=5",
        ])
        return HTTPResponse(status: 200, headers: headers, body: checkpoint.encoded)
    }

    private static func response(to verdict: WitnessVerdict) -> HTTPResponse {
        switch verdict {
        case .cosigned(let line):
            let headers = HTTPHeaders(["Content-Type": "text/plain; charset=utf-8"])
            return HTTPResponse(status: 200, headers: headers, body: line.line)
        case .malformed(let error): return .text(400, "bad request: \(error)")
        case .oldSizeTooLarge: return .text(400, "bad request: the old size is the larger one")
        case .unknownOrigin: return .text(404, "unknown log")
        case .invalidSignature: return .text(403, "invalid signature")
        case .conflict(let size):
            let headers = HTTPHeaders(["Content-Type": "text/x.tlog.size"])
            return HTTPResponse(status: 409, headers: headers, body: Array("\(size)\n".utf8))
        case .inconsistent: return .text(422, "the consistency proof does not hold")
        }
    }
}
