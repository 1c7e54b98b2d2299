public import Platform

/// A bus whose messages a NATS server passes on.
///
/// It connects in the background and again after every loss, with waits that grow and vary by chance; then it
/// subscribes anew. While it is not connected, publishing and asking fail at once.
///
/// A message whose payload fits into one of NATS is one, so that other programs can read and write them. A larger
/// one travels in parts, each a NATS message on the same subject with three headers: `Parallax-Message`, a random
/// word that its parts share; `Parallax-Part`, the number of the part from 1; `Parallax-Length`, the bytes of the
/// whole payload. The last part alone names the subject for the answer. Parts that do not follow each other are
/// dropped.
///
/// NATS does not tell who published a message. What each participant may do is for the server's configuration to
/// say (`authorization` with `verify_and_map`); what the server refuses is counted.
public final class NATSBus: MessageBus {
    /// How connections are secured: TLS, by which both sides prove who they are with certificates of files (PEM).
    public struct Security: Sendable {
        /// The certificates of the authorities that vouch for the server.
        public var authorityFile: String
        /// The certificate of this participant, and those above it.
        public var certificateFile: String
        /// The key of that certificate, not sealed.
        public var keyFile: String
        /// The name that the server's certificate must have.
        public var serverName: String

        /// Names the files.
        public init(
            authorityFile: String,
            certificateFile: String,
            keyFile: String,
            serverName: String
        ) {
            self.authorityFile = authorityFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
            self.serverName = serverName
        }
    }

    /// What has happened since the start.
    public struct Statistics: Equatable, Sendable {
        /// Messages that were dropped: the handlers were too slow, or parts were missing.
        public internal(set) var droppedMessageCount = 0
        /// What the server refused by its configuration.
        public internal(set) var refusedCount = 0
        /// The last error that the library reported, for people; none at first.
        public internal(set) var lastFailure: String?
    }

    private let core: NATSCore
    private let threads: BusThreads

    /// Connects, or begins to.
    ///
    /// - Parameters:
    ///   - servers: Where servers of one cluster are, such as `nats://127.0.0.1:4222`; they are tried in turn.
    ///     The first attempt waits for up to `limits.handshakeMilliseconds` each.
    ///   - security: How connections are secured; not at all if it is nil, for servers on this machine alone.
    ///   - limits: The bounds.
    ///   - random: Makes waits differ and names parts; nobody must be able to guess it.
    ///   - connectionChanged: Called among the handlers when a connection is made, with true, and when it is
    ///     lost, with false.
    /// - Throws: `nats` for unusable files or addresses; that no server answers is not an error.
    public init(
        servers: [String],
        security: Security?,
        limits: BusLimits = BusLimits(),
        random: @escaping @Sendable () -> UInt64 = SystemRandom.word,
        connectionChanged: (@Sendable (Bool) -> Void)? = nil
    ) throws(BusError) {
        let core = NATSCore(servers, security, limits, random, connectionChanged)
        self.core = core
        try core.connect()
        do throws(PlatformError) {
            threads = try BusThreads(name: "nats", core.delivery) { core.run() }
        } catch {
            core.stop()
            core.run()
            throw .system(reason: error.description)
        }
    }

    deinit { close() }

    /// Whether there is a connection to a server.
    public var isConnected: Bool { core.isConnected }

    /// What has happened since the start.
    public var statistics: Statistics { core.statistics }

    /// Publishes a message; see `MessageBus.publish`.
    public func publish(
        _ subject: String,
        _ payload: [UInt8],
        replyTo: String? = nil
    ) throws(BusError) {
        try core.publish(subject, payload, replyTo: replyTo)
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
            try core.publish(subject, payload, replyTo: replyTo)
        }
    }

    /// Waits until the server has everything; see `MessageBus.flush`.
    public func flush(timeoutMilliseconds: Int) throws(BusError) {
        try core.flush(timeoutMilliseconds: timeoutMilliseconds)
    }

    /// Ends the participation; see `MessageBus.close`.
    public func close() {
        core.stop()
        threads.join()
    }
}
