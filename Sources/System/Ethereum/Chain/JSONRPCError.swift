/// Why a question to a chain's node got no result.
///
/// Endpoints are named without path, query and user: these may hold keys.
public enum JSONRPCError: Error, Equatable, Sendable {
    /// An endpoint is none of `http` or `https`.
    case badEndpoint(String)
    /// Nobody answered, or not in time; another moment may be better.
    case unreachable(endpoint: String, reason: String)
    /// The answer is not what the protocol says; another endpoint may be better.
    case badAnswer(endpoint: String, reason: String)
    /// The node understood and refused; `data` is what a contract reverted with, if it said something.
    case refused(code: Int64, message: String, data: [UInt8]?)
    /// The node belongs to another chain than the one asked for.
    case otherChain(endpoint: String, expected: UInt64, found: UInt64)

    /// Whether the same question may be answered later, by the same or another node.
    public var isTransient: Bool {
        switch self {
        case .unreachable, .badAnswer: true
        case .refused(let code, _, _): code == JSONRPCClient.limitExceeded
        case .badEndpoint, .otherChain: false
        }
    }
}

extension JSONRPCError: CustomStringConvertible {
    /// One line: what is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .badEndpoint(let endpoint): "\(endpoint): no endpoint; write a URL of http or https"
        case .unreachable(let endpoint, let reason): "\(endpoint): \(reason)"
        case .badAnswer(let endpoint, let reason):
            "\(endpoint): answers something else than JSON-RPC: \(reason)"
        case .refused(let code, let message, _): "the chain's node refuses (\(code)): \(message)"
        case .otherChain(let endpoint, let expected, let found):
            "\(endpoint): is a node of chain \(found), not \(expected); name another endpoint"
        }
    }
}
