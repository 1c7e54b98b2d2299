public import TLS

/// Why a bus did not do what it was asked.
public enum BusError: Error, Equatable, Sendable {
    /// The text is no address and port to listen on or to connect to.
    case invalidAddress(String)
    /// The text is no subject, or no pattern of subjects.
    case invalidSubject(String)
    /// The payload has more bytes than one may have.
    case payloadTooLarge(count: Int, limit: Int)
    /// A queue of this side has no room; what is in it leaves as fast as the other side takes it.
    case full
    /// There is no connection at the moment; the bus goes on trying to get one.
    case disconnected
    /// No answer came in time.
    case timedOut(subject: String)
    /// Nobody has subscribed to the subject of a request.
    case noResponders(subject: String)
    /// The rules of the hub do not let this participant publish there.
    case refused(subject: String)
    /// There are as many subscriptions as there may be.
    case tooManySubscriptions(limit: Int)
    /// The bus was closed.
    case closed
    /// The secure connections cannot be set up.
    case tls(TLSError)
    /// The system did not do what it was asked; `reason` names the address and the system's error.
    case system(reason: String)
    /// The client library of NATS failed; `reason` is its own.
    case nats(reason: String)
}

extension BusError: CustomStringConvertible {
    /// One line that says what failed, where, and what to do.
    public var description: String {
        switch self {
        case .invalidAddress(let text):
            "\(text): no numeric address and port; write one such as 127.0.0.1:7000"
        case .invalidSubject(let text):
            "\(text): no subject; write words of printable ASCII with dots between them"
        case .payloadTooLarge(let count, let limit):
            "a message of \(count) bytes is larger than \(limit); send it in parts"
        case .full: "the queue to the other side is full; try again when it has taken some"
        case .disconnected: "the bus is not connected at the moment; it tries again by itself"
        case .timedOut(let subject): "\(subject): no answer in time"
        case .noResponders(let subject): "\(subject): nobody answers there at the moment"
        case .refused(let subject): "\(subject): the hub does not let this node publish there"
        case .tooManySubscriptions(let limit): "there are \(limit) subscriptions already; end some"
        case .closed: "the bus was closed"
        case .tls(let error): error.description
        case .system(let reason): reason
        case .nats(let reason): "NATS: \(reason); look at the server and its log"
        }
    }
}
