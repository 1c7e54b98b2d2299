public import MessageBus
internal import Synchronization

/// How the nodes of a service tell each other what they signed.
public protocol PeerExchange: Sendable {
    /// Tells the others of a service; it does not wait, and a message may be lost: it is sent again later.
    func publish(_ service: String, _ submission: [UInt8])
    /// Calls a handler for what others tell of a service; the handler does not wait.
    func subscribe(_ service: String, _ handler: @escaping @Sendable ([UInt8]) -> Void)
    /// Ends that.
    func unsubscribe(_ service: String)
    /// Whether others can be reached.
    var isConnected: Bool { get }
    /// The services that are subscribed to, ascending.
    var services: [String] { get }
}

/// The exchange over a bus: one subject, `wavs.` and the service's id, for each service.
public final class BusPeerExchange: PeerExchange {
    private let bus: any MessageBus
    private let subscriptions = Mutex<[String: BusSubscription]>([:])

    /// Takes a bus that is connected, or will be.
    public init(bus: any MessageBus) { self.bus = bus }

    private static func subject(_ service: String) -> String { "wavs." + service }

    /// Tells the others of a service.
    public func publish(_ service: String, _ submission: [UInt8]) {
        do throws(BusError) {
            try bus.publish(Self.subject(service), submission, replyTo: nil)
        } catch {
            // Whoever is not there now is told again: submissions are published until their queue is over.
        }
    }

    /// Calls a handler for what others tell of a service.
    public func subscribe(_ service: String, _ handler: @escaping @Sendable ([UInt8]) -> Void) {
        guard subscriptions.withLock({ $0[service] == nil }) else { return }
        do throws(BusError) {
            let subscription = try bus.subscribe(Self.subject(service)) { message in
                handler(message.payload)
            }
            subscriptions.withLock { $0[service] = subscription }
        } catch {
            // A bus that is closed tells nothing any more.
        }
    }

    /// Ends that.
    public func unsubscribe(_ service: String) {
        subscriptions.withLock { subscriptions in
            defer { subscriptions[service] = nil }
            return subscriptions[service]
        }?.cancel()
    }

    /// Whether the bus is connected.
    public var isConnected: Bool { bus.isConnected }

    /// The services that are subscribed to, ascending.
    public var services: [String] { subscriptions.withLock { $0.keys.sorted() } }
}
