internal import Cryptography
internal import Platform
internal import Synchronization

/// What the hub's threads and its owner share: who has subscribed to what.
final class HubCore: Sendable {
    /// A client that has proved its key.
    private struct Peer {
        let tag: UInt64
        let key: Ed25519.PublicKey
        let outgoing: OutgoingQueue
        var patterns: [UInt32: SubjectPattern] = [:]
    }

    private struct State {
        /// In the order in which they came.
        var peers: [Peer] = []
        var subscriptions: [UInt64: Subscription] = [:]
        var nextSubscription: UInt64 = 0
        /// The connections for which something new waits.
        var waiting: Set<UInt64> = []
        /// The connections that must end, each with the reason.
        var doomed: [UInt64: String] = [:]
        var isStopping = false
        var statistics = BusHub.Statistics()
    }

    let requests: Requests
    let delivery: Delivery
    let poller: SocketPoller
    let rules: BusRules
    let limits: BusLimits
    private let key: Ed25519.PublicKey
    private let state = Mutex(State())

    init(
        _ key: Ed25519.PublicKey,
        _ rules: BusRules,
        _ limits: BusLimits,
        _ poller: SocketPoller
    ) {
        self.key = key
        self.rules = rules
        self.limits = limits
        self.poller = poller
        requests = Requests(owner: Hex.encode(key.bytes))
        delivery = Delivery(limits) {}
    }

    var isStopping: Bool { state.withLock { $0.isStopping } }
    var statistics: BusHub.Statistics { state.withLock { $0.statistics } }

    var peers: [Ed25519.PublicKey] {
        let keys = state.withLock { state in state.peers.map(\.key) }
        return Set(keys).sorted { left, right in
            left.bytes.lexicographicallyPrecedes(right.bytes)
        }
    }

    func count(_ change: (inout BusHub.Statistics) -> Void) {
        state.withLock { state in change(&state.statistics) }
    }

    // MARK: what the owner does

    func publish(
        _ subject: String,
        _ payload: [UInt8],
        replyTo: String?
    ) throws(BusError) -> Int {
        try BusProtocol.check(subject, payload, replyTo, limits)
        if isStopping { throw .closed }
        return route(
            BusMessage(subject: subject, replyTo: replyTo, payload: payload, sender: key)
        )
    }

    func subscribe(
        _ text: String,
        _ handler: @escaping @Sendable (BusMessage) -> Void
    ) throws(BusError) -> BusSubscription {
        let subscription = Subscription(try BusProtocol.pattern(text), handler)
        let limit = limits.subscriptionCountMax
        let (number, isStopping): (UInt64?, Bool) = state.withLock { state in
            guard !state.isStopping else { return (nil, true) }
            guard state.subscriptions.count < limit else { return (nil, false) }
            state.nextSubscription += 1
            state.subscriptions[state.nextSubscription] = subscription
            return (state.nextSubscription, false)
        }
        if isStopping { throw .closed }
        guard let number else { throw .tooManySubscriptions(limit: limit) }
        return BusSubscription { [self] in
            subscription.end()
            state.withLock { $0.subscriptions[number] = nil }
        }
    }

    func stop() {
        state.withLock { $0.isStopping = true }
        requests.fail(.closed, isLast: true)
        poller.wake()
    }

    // MARK: passing on

    /// Gives a message to all who have subscribed to it; any thread may do so.
    ///
    /// - Returns: To how many participants it goes.
    @discardableResult
    func route(_ message: BusMessage) -> Int {
        if requests.answer(message.subject, .success(message.payload)) { return 1 }
        let (count, mustWake) = state.withLock { state in
            let wasIdle = state.waiting.isEmpty && state.doomed.isEmpty
            var count = 0
            for peer in state.peers {
                guard peer.patterns.values.contains(where: { $0.matches(message.subject) }) else {
                    continue
                }
                count += 1
                if peer.outgoing.push(message) {
                    state.waiting.insert(peer.tag)
                } else if state.doomed.updateValue(Self.tooSlow, forKey: peer.tag) == nil {
                    state.statistics.cutOffCount += 1
                }
            }
            // Under the lock, so that the owner's handlers see all messages in one order.
            count += deliver(message, &state)
            return (count, wasIdle && !(state.waiting.isEmpty && state.doomed.isEmpty))
        }
        if mustWake { poller.wake() }
        return count
    }

    private static let tooSlow = "it does not take its messages"

    private func deliver(_ message: BusMessage, _ state: inout State) -> Int {
        let matching = state.subscriptions.filter { _, subscription in
            subscription.pattern.matches(message.subject)
        }
        guard !matching.isEmpty else { return 0 }
        let ordered = matching.sorted { left, right in left.key < right.key }.map(\.value)
        if !delivery.push(message, ordered) { state.statistics.droppedMessageCount += 1 }
        return 1
    }

    // MARK: what the thread of input and output does

    /// A client has proved its key; an older connection of it may have to go.
    func add(_ connection: BusConnection, _ key: Ed25519.PublicKey) {
        state.withLock { state in
            let own = state.peers.filter { peer in peer.key == key }
            if own.count >= limits.connectionsPerKeyMax, let oldest = own.first {
                state.doomed[oldest.tag] = "its key has too many connections"
            }
            let peer = Peer(tag: connection.tag, key: key, outgoing: connection.outgoing)
            state.peers.append(peer)
        }
    }

    func remove(_ tag: UInt64) {
        state.withLock { state in
            state.peers.removeAll { peer in peer.tag == tag }
            state.waiting.remove(tag)
            state.doomed[tag] = nil
        }
    }

    /// Notes what a client wants to hear; false if it has too many subscriptions.
    func setPattern(_ pattern: SubjectPattern?, _ number: UInt32, of tag: UInt64) -> Bool {
        state.withLock { state in
            guard let index = state.peers.firstIndex(where: { $0.tag == tag }) else { return true }
            state.peers[index].patterns[number] = pattern
            // One more is for the answers to its requests.
            guard state.peers[index].patterns.count > limits.subscriptionCountMax + 1 else {
                return true
            }
            state.peers[index].patterns[number] = nil
            return false
        }
    }

    /// The connections for which something new waits, and those that must end.
    func takeWork() -> (waiting: [UInt64], doomed: [(tag: UInt64, reason: String)]) {
        state.withLock { state in
            defer {
                state.waiting.removeAll(keepingCapacity: true)
                state.doomed.removeAll()
            }
            return (
                state.waiting.sorted(),
                state.doomed.sorted { $0.key < $1.key }.map { (tag: $0.key, reason: $0.value) }
            )
        }
    }
}
