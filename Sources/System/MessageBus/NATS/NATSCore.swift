internal import CNATS
internal import Platform
internal import Synchronization

/// What a participant over NATS, its threads and the library's threads share.
final class NATSCore: Sendable {
    private struct State {
        var connection: NATSConnection?
        /// The library ends what nobody holds.
        var handles: [NATSHandle] = []
        var subscriptionCount = 0
        var isStopping = false
        /// What the owner was told last.
        var wasConnected = false
        var statistics = NATSBus.Statistics()
    }

    /// Room for the subject and the headers of a part within what the server takes.
    private static let headBytesMax = 1_024
    /// Between two parts smaller messages go first, so parts are smaller than they could be.
    private static let partBytesMax = 256 << 10

    let requests: Requests
    let delivery: Delivery
    let limits: BusLimits
    let random: @Sendable () -> UInt64
    private let outgoing: OutgoingQueue
    private let signal = Signal()
    private let connectionChanged: (@Sendable (Bool) -> Void)?
    private let state = Mutex(State())

    init(
        _ limits: BusLimits,
        _ random: @escaping @Sendable () -> UInt64,
        _ connectionChanged: (@Sendable (Bool) -> Void)?
    ) {
        // Nobody can guess it, as nobody else may hear or give the answers.
        let owner = [random(), random()].map { String($0, radix: 16) }.joined()
        requests = Requests(owner: owner)
        self.limits = limits
        self.random = random
        self.connectionChanged = connectionChanged
        delivery = Delivery(limits) {}
        outgoing = OutgoingQueue(limits)
    }

    var isConnected: Bool { connection?.isConnected ?? false }
    var statistics: NATSBus.Statistics { state.withLock { $0.statistics } }
    private var connection: NATSConnection? { state.withLock { $0.connection } }

    func connect(_ servers: [String], _ security: NATSBus.Security?) throws(BusError) {
        let connection = try NATSConnection(servers, security, limits, self)
        state.withLock { $0.connection = connection }
        let answers = try connection.subscribe(requests.pattern, NATSReceiver(self, nil))
        state.withLock { $0.handles.append(answers) }
        if connection.isConnected { changed(true) }
    }

    // MARK: what the owner does

    func publish(_ subject: String, _ payload: [UInt8], replyTo: String?) throws(BusError) {
        try BusProtocol.check(subject, payload, replyTo, limits)
        let message = BusMessage(subject: subject, replyTo: replyTo, payload: payload)
        try push { queue in queue.push(message) }
    }

    private func push(_ add: (OutgoingQueue) -> Bool) throws(BusError) {
        if state.withLock({ $0.isStopping }) { throw .closed }
        guard isConnected else { throw .disconnected }
        guard add(outgoing) else { throw .full }
        signal.notify()
    }

    func subscribe(
        _ text: String,
        _ handler: @escaping @Sendable (BusMessage) -> Void
    ) throws(BusError) -> BusSubscription {
        let subscription = Subscription(try BusProtocol.pattern(text), handler)
        let limit = limits.subscriptionCountMax
        let (connection, hasRoom) = state.withLock { state in
            let connection = state.isStopping ? nil : state.connection
            guard state.subscriptionCount < limit else { return (connection, false) }
            state.subscriptionCount += 1
            return (connection, true)
        }
        guard let connection else { throw .closed }
        guard hasRoom else { throw .tooManySubscriptions(limit: limit) }
        let handle = try connection.subscribe(text, NATSReceiver(self, subscription))
        state.withLock { $0.handles.append(handle) }
        return BusSubscription { [self] in
            subscription.end()
            guard handle.end() else { return }
            state.withLock { state in
                state.subscriptionCount -= 1
                state.handles.removeAll { $0 === handle }
            }
        }
    }

    func flush(timeoutMilliseconds: Int) throws(BusError) {
        let clock = LinuxClock()
        let start = clock.monotonicNanoseconds()
        _ = try requests.perform(
            subject: "flush",
            timeoutMilliseconds: timeoutMilliseconds
        ) { subject throws(BusError) in
            let number = UInt64(subject.dropFirst(requests.prefix.count)) ?? 0
            try push { queue in queue.push(.ping(number), isLast: true) }
        }
        let spent = Int((clock.monotonicNanoseconds() - start) / 1_000_000)
        guard let connection else { throw .closed }
        try connection.flush(timeoutMilliseconds: max(1, timeoutMilliseconds - spent))
    }

    func stop() {
        state.withLock { $0.isStopping = true }
        requests.fail(.closed, isLast: true)
        signal.notify()
    }

    // MARK: what its threads do

    /// The thread that gives the library what waits, as the library's functions may wait for the network.
    func run() {
        var part = NATSPart()
        while !state.withLock({ $0.isStopping }) {
            if !sendNext(&part) { signal.wait() }
        }
        let clock = LinuxClock()
        let time = UInt64(limits.drainMilliseconds) * 1_000_000
        let deadline = clock.monotonicNanoseconds() + time
        while isConnected, clock.monotonicNanoseconds() < deadline, sendNext(&part) {}
        let ended = state.withLock { state in
            defer {
                state.connection = nil
                state.handles = []
            }
            return (state.connection, state.handles)
        }
        ended.0?.close(drainMilliseconds: limits.drainMilliseconds)
        delivery.stop()
    }

    /// Sends one message or part; false if nothing waits.
    private func sendNext(_ part: inout NATSPart) -> Bool {
        guard let connection else { return false }
        let room = min(Self.partBytesMax, connection.payloadBytesMax - Self.headBytesMax)
        guard let next = outgoing.next(partBytesMax: max(room, 1)) else { return false }
        do throws(BusError) {
            switch next {
            case .frame(.ping(let number)):
                _ = requests.answer(requests.prefix + String(number), .success([]))
            case .frame: break
            case .whole(let message): try connection.publish(message, message.payload, nil)
            case .part(let message, let range):
                if range.lowerBound == 0 { part = NATSPart(of: message, random) }
                part.number += 1
                part.isLast = range.upperBound == message.payload.count
                try connection.publish(message, Array(message.payload[range]), part)
            }
        } catch {
            state.withLock { state in
                state.statistics.droppedMessageCount += 1
                state.statistics.lastFailure = error.description
            }
        }
        return true
    }

    // MARK: what the library's threads do

    func changed(_ isConnected: Bool) {
        // The library may tell of the first connection what was seen already.
        let isNews = state.withLock { state in
            defer { state.wasConnected = isConnected }
            return state.wasConnected != isConnected
        }
        guard isNews else { return }
        if !isConnected { requests.fail(.disconnected) }
        if let connectionChanged { delivery.push { connectionChanged(isConnected) } }
    }

    func failed(_ text: String, isRefusal: Bool, isLoss: Bool) {
        state.withLock { state in
            state.statistics.lastFailure = text
            if isRefusal { state.statistics.refusedCount += 1 }
            if isLoss { state.statistics.droppedMessageCount += 1 }
        }
    }

    func dropped(_ count: Int = 1) {
        state.withLock { $0.statistics.droppedMessageCount += count }
    }

    func receive(_ message: BusMessage, _ subscription: Subscription?) {
        guard let subscription else {
            _ = requests.answer(message.subject, .success(message.payload))
            return
        }
        // The server's patterns match the subjects of answers too.
        guard subscription.pattern.matches(message.subject) else { return }
        if !delivery.push(message, [subscription]) { dropped() }
    }

    /// Nobody has subscribed to the request that waits for an answer at a subject.
    func unanswered(_ subject: String) {
        requests.unanswered(subject)
    }
}
