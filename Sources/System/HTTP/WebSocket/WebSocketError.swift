/// Why a WebSocket could not be opened or did not last.
public enum WebSocketError: Error, Equatable, Sendable {
    /// The URL is none of `ws` or `wss`, names a user, or has characters that do not belong there.
    case invalidURL(String)
    /// No connection could be made; the reason is the client library's.
    case cannotConnect(url: String, reason: String)
    /// The server did not answer the handshake with a WebSocket.
    case refused(url: String, reason: String)
    /// The server did not connect, answer or send in time.
    case timedOut(url: String)
    /// The other side broke the protocol, or sent more than it may.
    case violated(url: String, fault: WebSocketFault)
    /// The other side closed in order, with a code if it gave one.
    case closed(url: String, code: UInt16?, reason: String)
    /// The connection ended without a closing handshake.
    case lost(url: String, reason: String)
    /// The other side reads too slowly: what is to be sent does not leave.
    case stalled(url: String)
}

extension WebSocketError: CustomStringConvertible {
    /// One line that says what failed, where, and what to do.
    public var description: String {
        switch self {
        case .invalidURL(let url): "\(url): no URL of ws or wss, such as wss://example.org/feed"
        case .cannotConnect(let url, let reason): "\(url): \(reason)"
        case .refused(let url, let reason): "\(url): no WebSocket there: \(reason)"
        case .timedOut(let url): "\(url): no answer in time"
        case .violated(let url, let fault): "\(url): \(fault)"
        case .closed(let url, let code, let reason):
            "\(url): closed by the server"
                + (code.map { " with code \($0)" } ?? "") + (reason.isEmpty ? "" : ": \(reason)")
        case .lost(let url, let reason): "\(url): the connection was lost: \(reason)"
        case .stalled(let url): "\(url): the server does not read what it is sent"
        }
    }
}

/// What the other side of a WebSocket did wrong, with the code that it is told (RFC 6455 §7.4.1).
public struct WebSocketFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The code of the closing frame.
    public let code: UInt16
    /// What is wrong, for people.
    public let reason: String

    static func protocolError(_ reason: String) -> WebSocketFault {
        WebSocketFault(code: 1002, reason: reason)
    }

    static func notText(_ reason: String) -> WebSocketFault {
        WebSocketFault(code: 1007, reason: reason)
    }

    static func tooLarge(_ limit: Int) -> WebSocketFault {
        WebSocketFault(code: 1009, reason: "a message of more than \(limit) bytes")
    }

    /// The reason with its code.
    public var description: String { "\(reason) (code \(code))" }
}
