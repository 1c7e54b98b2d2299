public import Cryptography
public import Platform
public import TLS

/// The middle of a bus: it listens, passes messages between its clients, and takes part itself.
///
/// Two threads belong to it: one does all input and output, the other runs the owner's handlers. A subscriber
/// that does not take its messages is cut off when its queue is full, and counted; the others do not notice.
/// An owner that is too slow loses messages, which are counted.
public final class BusHub: MessageBus {
    /// What has happened since the start.
    public struct Statistics: Equatable, Sendable {
        /// Connections that ended before the other side had proved its key.
        public internal(set) var failedHandshakeCount = 0
        /// Clients that were cut off because their queues were full.
        public internal(set) var cutOffCount = 0
        /// Messages that the rules refused.
        public internal(set) var refusedMessageCount = 0
        /// Subscriptions that the rules or the limits refused.
        public internal(set) var refusedSubscriptionCount = 0
        /// Messages for the owner that were dropped because its handlers were too slow.
        public internal(set) var droppedMessageCount = 0
        /// Why the last connection ended that did not end in order; for people.
        public internal(set) var lastFailure: String?
    }

    /// The port at which it listens.
    public let port: UInt16
    private let core: HubCore
    private let threads: BusThreads

    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - address: A numeric address and a port; the port 0 lets the system choose one.
    ///   - identity: Who the hub is; clients must expect its key.
    ///   - rules: Who is let in, and what each may do.
    ///   - limits: The bounds.
    ///   - clock: Tells when to give up a silent client.
    /// - Throws: `invalidAddress`, `tls`, or `system` when the address is taken.
    public init(
        address: String = "127.0.0.1:0",
        identity: TLSIdentity,
        rules: BusRules,
        limits: BusLimits = BusLimits(),
        clock: any Clock = LinuxClock()
    ) throws(BusError) {
        guard let endpoint = SocketEndpoint(address) else { throw .invalidAddress(address) }
        let context: TLSContext
        do throws(TLSError) {
            context = try TLSContext(
                .server,
                identity: identity,
                protocolName: BusProtocol.name,
                admits: rules.admits
            )
        } catch {
            throw .tls(error)
        }
        do throws(PlatformError) {
            let listener = try endpoint.listen()
            let core = HubCore(identity.publicKey, rules, limits, try SocketPoller())
            port = SocketEndpoint.port(of: listener)
            self.core = core
            threads = try BusThreads(name: "hub", core.delivery) {
                HubLoop(core, listener, context, clock).run()
            }
        } catch {
            throw .system(reason: error.description)
        }
    }

    deinit { close() }

    /// The keys of the clients that are connected at the moment, each once, in the order of their bytes.
    public var peers: [Ed25519.PublicKey] { core.peers }

    /// What has happened since the start.
    public var statistics: Statistics { core.statistics }

    /// Whether it is not closed.
    public var isConnected: Bool { !core.isStopping }

    /// Publishes a message; see `MessageBus.publish`.
    public func publish(
        _ subject: String,
        _ payload: [UInt8],
        replyTo: String? = nil
    ) throws(BusError) {
        _ = try core.publish(subject, payload, replyTo: replyTo)
    }

    /// Hears messages; see `MessageBus.subscribe`.
    @discardableResult
    public func subscribe(
        _ pattern: String,
        _ handler: @escaping @Sendable (BusMessage) -> Void
    ) throws(BusError) -> BusSubscription {
        try core.subscribe(pattern, handler)
    }

    /// Asks and waits for the answer; see `MessageBus.request`.
    public func request(
        _ subject: String,
        _ payload: [UInt8],
        timeoutMilliseconds: Int
    ) throws(BusError) -> [UInt8] {
        try core.requests.perform(
            subject: subject,
            timeoutMilliseconds: timeoutMilliseconds
        ) { replyTo throws(BusError) in
            let count = try core.publish(subject, payload, replyTo: replyTo)
            if count == 0 { throw .noResponders(subject: subject) }
        }
    }

    /// Does nothing: what the owner does takes effect at once.
    public func flush(timeoutMilliseconds: Int) throws(BusError) {
        if core.isStopping { throw .closed }
    }

    /// Ends the participation; see `MessageBus.close`.
    public func close() {
        core.stop()
        threads.join()
    }
}

/// What both sides of the bus's own protocol agree on.
enum BusProtocol {
    /// What ALPN calls it; the number changes with the frames.
    static let name = "parallax-bus/1"

    /// Whether a participant may publish there at all, and what it says is whole.
    static func check(
        _ subject: String,
        _ payload: [UInt8],
        _ replyTo: String?,
        _ limits: BusLimits
    ) throws(BusError) {
        for text in [subject, replyTo].compactMap({ $0 }) {
            let isAnswer = text.hasPrefix(Subject.inboxPrefix) && Subject.isValid(text)
            guard isAnswer || Subject.isOrdinary(text) else { throw .invalidSubject(text) }
        }
        guard payload.count <= limits.payloadBytesMax else {
            throw .payloadTooLarge(count: payload.count, limit: limits.payloadBytesMax)
        }
    }

    /// A pattern that a participant may choose.
    static func pattern(_ text: String) throws(BusError) -> SubjectPattern {
        guard text.utf8.first != UInt8(ascii: "_"), let pattern = SubjectPattern(text) else {
            throw .invalidSubject(text)
        }
        return pattern
    }
}
