internal import Cryptography
public import Encoding
internal import HTTP
public import Platform
internal import Synchronization

/// Asks the nodes of a chain by JSON-RPC 2.0 over HTTP.
///
/// Several endpoints stand in for each other: one that fails is asked last until its back-off is over. Every question
/// ends within the time that the limits give, endpoint by endpoint.
public final class JSONRPCClient: Sendable {
    /// What is waited for and taken at most.
    public struct Limits: Equatable, Sendable {
        /// To be connected, in milliseconds.
        public var connectMilliseconds = 3_000
        /// For a question and its answer at one endpoint, in milliseconds.
        public var totalMilliseconds = 10_000
        /// Bytes of an answer.
        public var answerBytesMax = 8 << 20
        /// How long an endpoint that failed once is asked last; twice as long each time more.
        public var backOffMilliseconds: UInt64 = 1_000
        /// The longest back-off.
        public var backOffMaxMilliseconds: UInt64 = 60_000

        /// Makes the standard limits.
        public init() {}
    }

    /// What is known of an endpoint.
    public struct Health: Equatable, Sendable {
        /// The endpoint without path, query and user.
        public let endpoint: String
        /// Whether its last answer was good, or nobody asked it yet.
        public let isGood: Bool
        /// What its last failure was.
        public let failure: String?
    }

    private struct State {
        var failureCount = 0
        var downUntil: UInt64 = 0
        var failure: String?
    }

    private struct Endpoint {
        let url: String
        let name: String
        let client: HTTPClient
    }

    /// Too many questions (EIP-1474).
    static let limitExceeded: Int64 = -32_005

    private let endpoints: [Endpoint]
    private let limits: Limits
    private let clock: any Clock
    private let states: Mutex<[State]>
    private let nextID = Atomic<Int64>(1)

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - endpoints: URLs, the preferred one first; at least one.
    ///   - limits: What is waited for and taken at most.
    ///   - clock: The source of time.
    /// - Throws: `badEndpoint`; `unreachable` when the library has no memory.
    public init(
        endpoints: [String],
        limits: Limits = Limits(),
        clock: any Clock = LinuxClock()
    ) throws(JSONRPCError) {
        precondition(!endpoints.isEmpty, "somebody must be asked")
        self.limits = limits
        self.clock = clock
        var made: [Endpoint] = []
        for url in endpoints { made.append(try Self.endpoint(url, limits)) }
        self.endpoints = made
        states = Mutex(Array(repeating: State(), count: made.count))
    }

    private static func endpoint(_ url: String, _ limits: Limits) throws(JSONRPCError) -> Endpoint {
        let name = origin(of: url)
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw .badEndpoint(name)
        }
        var clientLimits = HTTPClient.Limits()
        clientLimits.connectMilliseconds = limits.connectMilliseconds
        clientLimits.totalMilliseconds = limits.totalMilliseconds
        clientLimits.bodyBytesMax = limits.answerBytesMax
        do throws(HTTPError) {
            return Endpoint(url: url, name: name, client: try HTTPClient(limits: clientLimits))
        } catch {
            throw .unreachable(endpoint: name, reason: "the HTTP library cannot be started")
        }
    }

    /// Scheme, host and port of a URL: what may be shown of it.
    public static func origin(of url: String) -> String {
        guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else {
            return "endpoint"
        }
        let authority = url[colon...].dropFirst(3).prefix { !"/?#".contains($0) }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return url[..<colon] + "://" + host
    }

    /// What is known of each endpoint, in their order.
    public var health: [Health] {
        let states = states.withLock { $0 }
        return zip(endpoints, states).map { endpoint, state in
            Health(
                endpoint: endpoint.name,
                isGood: state.failureCount == 0,
                failure: state.failure
            )
        }
    }

    /// Asks for a result.
    ///
    /// - Throws: `refused` when a node says no; otherwise the last endpoint's `unreachable` or `badAnswer` after all
    ///   were asked.
    public func call(
        _ method: String,
        _ parameters: [JSONValue] = []
    ) throws(JSONRPCError) -> JSONValue {
        let id = nextID.wrappingAdd(1, ordering: .relaxed).oldValue
        var failure = JSONRPCError.badEndpoint("no endpoint")
        for index in order() {
            do throws(JSONRPCError) {
                let result = try ask(endpoints[index], id, method, parameters)
                recover(index)
                return result
            } catch {
                guard error.isTransient else {
                    recover(index)
                    throw error
                }
                fail(index, error)
                failure = error
            }
        }
        throw failure
    }

    /// The endpoints that are not backing off, then the others.
    private func order() -> [Int] {
        let now = clock.monotonicNanoseconds()
        let states = states.withLock { $0 }
        let good = states.indices.filter { states[$0].downUntil <= now }
        let bad = states.indices.filter { states[$0].downUntil > now }
        return good + bad.sorted { states[$0].downUntil < states[$1].downUntil }
    }

    private func recover(_ index: Int) {
        states.withLock { states in states[index] = State() }
    }

    private func fail(_ index: Int, _ error: JSONRPCError) {
        let now = clock.monotonicNanoseconds()
        states.withLock { states in
            let count = min(states[index].failureCount, 16)
            let pause = min(limits.backOffMilliseconds << count, limits.backOffMaxMilliseconds)
            states[index].failureCount += 1
            states[index].downUntil = now &+ pause &* 1_000_000
            states[index].failure = error.description
        }
    }

    private func ask(
        _ endpoint: Endpoint,
        _ id: Int64,
        _ method: String,
        _ parameters: [JSONValue]
    ) throws(JSONRPCError) -> JSONValue {
        var request = JSONObject()
        request["jsonrpc"] = .string("2.0")
        request["id"] = JSONNumber(exactly: id).map(JSONValue.number)
        request["method"] = .string(Text(method))
        request["params"] = .array(parameters)
        let answer: HTTPClient.Answer
        do throws(HTTPError) {
            answer = try endpoint.client.post(
                endpoint.url,
                body: JSONValue.object(request).canonical,
                contentType: "application/json"
            )
        } catch {
            throw .unreachable(endpoint: endpoint.name, reason: Self.reason(error))
        }
        let value: JSONValue
        do throws(JSONError) {
            let depth = DecodingLimits(bytesMax: limits.answerBytesMax, depthMax: 64)
            value = try JSONValue(decoding: answer.body, limits: depth)
        } catch {
            let reason = "status \(answer.status), no JSON (\(error))"
            throw .badAnswer(endpoint: endpoint.name, reason: reason)
        }
        guard let object = value.object else {
            throw .badAnswer(endpoint: endpoint.name, reason: "no object")
        }
        if let error = object["error"]?.object { throw Self.refusal(error) }
        guard object["id"] == request["id"] else {
            throw .badAnswer(endpoint: endpoint.name, reason: "the id of another question")
        }
        guard let result = object["result"] else {
            throw .badAnswer(endpoint: endpoint.name, reason: "neither result nor error")
        }
        return result
    }

    /// Why there was no answer, without the URL.
    private static func reason(_ error: HTTPError) -> String {
        switch error {
        case .failed(_, let reason): reason
        case .timedOut: "no answer in time"
        case .tooLarge(_, let limit): "the answer has more than \(limit) bytes"
        case .invalidURL, .invalidAddress, .system, .unknownContent, .tooManyFiles:
            "cannot be asked"
        }
    }

    private static func refusal(_ error: JSONObject) -> JSONRPCError {
        let nested = error["data"]?.object?["data"] ?? error["data"]
        var data: [UInt8]?
        if let text = nested?.string?.string, text.hasPrefix("0x") {
            data = HexText.bytes(text)
        }
        let message = error["message"]?.string?.string ?? "no message"
        return .refused(
            code: error["code"]?.number?.integer ?? 0,
            message: String(message.prefix(300)),
            data: data
        )
    }
}

/// Bytes as JSON-RPC writes them: `0x` and two digits a byte.
enum HexText {
    static func text(_ bytes: [UInt8]) -> String { "0x" + Hex.encode(bytes) }

    /// The bytes of a text; none if it is not hexadecimal.
    static func bytes(_ text: String) -> [UInt8]? {
        guard text.hasPrefix("0x") else { return nil }
        do throws(Hex.DecodingError) {
            return try Hex.decode(String(text.dropFirst(2)))
        } catch {
            return nil
        }
    }
}
