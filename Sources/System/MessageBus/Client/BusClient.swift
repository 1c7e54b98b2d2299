public import Cryptography
public import Platform
public import TLS

/// A participant of a bus that is connected to its hub.
///
/// It connects in the background, and again after every loss, with waits that grow and vary by chance; then it
/// subscribes anew. While it is not connected, publishing and asking fail at once. Two threads belong to it:
/// one does the input and output, the other runs the handlers. When the handlers are too slow it stops reading,
/// and the hub cuts it off when its queue there is full.
public final class BusClient: MessageBus {
    private let core: ClientCore
    private let threads: BusThreads

    /// Begins to connect.
    ///
    /// - Parameters:
    ///   - address: The numeric address and the port of the hub.
    ///   - hubKey: The key that the hub must hold.
    ///   - identity: Who this is; the hub must admit its key.
    ///   - limits: The bounds.
    ///   - clock: Tells when to try again and when to give up a silent hub.
    ///   - random: Makes waits differ, so that clients do not all come back at the same moment.
    ///   - connectionChanged: Called among the handlers when the hub has let this client in, with true, and
    ///     when the connection is lost, with false.
    /// - Throws: `invalidAddress`, `tls` or `system`; that nobody listens is not an error.
    public init(
        address: String,
        hubKey: Ed25519.PublicKey,
        identity: TLSIdentity,
        limits: BusLimits = BusLimits(),
        clock: any Clock = LinuxClock(),
        random: @escaping @Sendable () -> UInt64 = SystemRandom.word,
        connectionChanged: (@Sendable (Bool) -> Void)? = nil
    ) throws(BusError) {
        guard let endpoint = SocketEndpoint(address) else { throw .invalidAddress(address) }
        let context: TLSContext
        do throws(TLSError) {
            context = try TLSContext(
                .client,
                identity: identity,
                protocolName: BusProtocol.name
            ) { key in key == hubKey }
        } catch {
            throw .tls(error)
        }
        // Two processes with one key must not get each other's answers.
        let owner = Hex.encode(identity.publicKey.bytes) + "." + String(random(), radix: 16)
        do throws(PlatformError) {
            let poller = try SocketPoller()
            let core = ClientCore(owner: owner, limits, poller, connectionChanged)
            self.core = core
            threads = try BusThreads(name: "client", core.delivery) {
                ClientLoop(core, endpoint, context, clock, random).run()
            }
        } catch {
            throw .system(reason: error.description)
        }
    }

    deinit { close() }

    /// Whether the hub has let this client in and the connection lasts.
    public var isConnected: Bool { core.isConnected }

    /// Why the last attempt to connect failed or the last connection ended, for people; none at first.
    public var lastFailure: String? { core.lastFailure }

    /// The patterns that the hub's rules refused since the last connection was made, in their order.
    public var refusedPatterns: [String] { core.refusedPatterns }

    /// Waits for the hub to let this client in.
    ///
    /// - Parameter timeoutMilliseconds: How long to wait at most.
    /// - Returns: Whether it is connected.
    public func waitUntilConnected(timeoutMilliseconds: Int) -> Bool {
        core.waitUntilConnected(timeoutMilliseconds: timeoutMilliseconds)
    }

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

    /// Waits until the hub has everything; see `MessageBus.flush`.
    public func flush(timeoutMilliseconds: Int) throws(BusError) {
        try core.flush(timeoutMilliseconds: timeoutMilliseconds)
    }

    /// Ends the participation; see `MessageBus.close`.
    public func close() {
        core.stop()
        threads.join()
    }
}
