internal import CNATS
internal import Platform
internal import Synchronization

/// What a participant over NATS, its threads and the library's threads share.
final class NATSCore: Sendable {
    /// What this participant hears.
    private struct Entry {
        let pattern: String
        /// Whose the messages are; none for answers to requests.
        let subscription: Subscription?
        /// The library's part of it; none while there is no connection to which it belongs.
        var handle: NATSHandle?
    }

    private struct State {
        var connection: NATSConnection?
        /// Whether the library has given the connection up, which it does when a server refuses it twice.
        var isGivenUp = false
        var entries: [UInt64: Entry] = [:]
        var nextEntry: UInt64 = 1
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
    let nextRandom: @Sendable () -> UInt64
    private let servers: [String]
    private let security: NATSBus.Security?
    private let outgoing: OutgoingQueue
    private let signal = Signal()
    private let connectionChanged: (@Sendable (Bool) -> Void)?
    private let state = Mutex(State())
    /// Held while subscriptions are made, so that none is made twice for a new connection.
    private let subscribing = Mutex(())

    init(
        _ servers: [String],
        _ security: NATSBus.Security?,
        _ limits: BusLimits,
        _ random: @escaping @Sendable () -> UInt64,
        _ connectionChanged: (@Sendable (Bool) -> Void)?
    ) {
        // Nobody can guess it, as nobody else may hear or give the answers.
        let owner = [random(), random()].map { String($0, radix: 16) }.joined()
        requests = Requests(owner: owner)
        self.servers = servers
        self.security = security
        self.limits = limits
        nextRandom = random
        self.connectionChanged = connectionChanged
        delivery = Delivery(limits) {}
        outgoing = OutgoingQueue(limits)
        let answers = Entry(pattern: requests.pattern, subscription: nil, handle: nil)
        state.withLock { $0.entries[0] = answers }
    }

    var isConnected: Bool { connection?.isConnected ?? false }
    var statistics: NATSBus.Statistics { state.withLock { $0.statistics } }
    private var connection: NATSConnection? { state.withLock { $0.connection } }

    /// Connects, or begins to, and subscribes to everything.
    ///
    /// - Throws: `nats` for unusable files or addresses.
    func connect() throws(BusError) {
        state.withLock { $0.isGivenUp = false }
        let connection = try NATSConnection(servers, security, limits, self)
        subscribing.withLock { _ in
            let numbers = state.withLock { state in
                state.connection = connection
                for number in state.entries.keys { state.entries[number]?.handle = nil }
                return state.entries.keys.sorted()
            }
            for number in numbers { make(number) }
        }
        if connection.isConnected { changed(true) }
    }

    /// Makes the library's part of a subscription; where the connection is given up, the next one does so.
    private func make(_ number: UInt64) {
        let (connection, entry) = state.withLock { ($0.connection, $0.entries[number]) }
        guard let connection, let entry else { return }
        do throws(BusError) {
            let receiver = NATSReceiver(self, entry.subscription)
            let handle = try connection.subscribe(entry.pattern, receiver)
            state.withLock { $0.entries[number]?.handle = handle }
        } catch {
            failed(error.description, isRefusal: false, isLoss: false)
        }
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
        // One more is for the answers to its requests.
        let limit = limits.subscriptionCountMax + 1
        let number: Result<UInt64, BusError> = state.withLock { state in
            if state.isStopping { return .failure(.closed) }
            guard state.entries.count < limit else {
                return .failure(.tooManySubscriptions(limit: limit - 1))
            }
            let number = state.nextEntry
            state.nextEntry += 1
            state.entries[number] = Entry(pattern: text, subscription: subscription, handle: nil)
            return .success(number)
        }
        let made = try number.get()
        subscribing.withLock { _ in
            // A new connection may have come first.
            if state.withLock({ $0.entries[made]?.handle == nil }) { make(made) }
        }
        return BusSubscription { [self] in
            subscription.end()
            state.withLock { $0.entries.removeValue(forKey: made) }?.handle?.end()
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
            if state.withLock({ $0.isGivenUp }) {
                connectAgain()
            } else if !sendNext(&part) {
                signal.wait()
            }
        }
        let clock = LinuxClock()
        let time = UInt64(limits.drainMilliseconds) * 1_000_000
        let deadline = clock.monotonicNanoseconds() + time
        while isConnected, clock.monotonicNanoseconds() < deadline, sendNext(&part) {}
        let ended = state.withLock { state in
            defer {
                state.connection = nil
                state.entries = [:]
            }
            return (state.connection, state.entries)
        }
        ended.0?.close(drainMilliseconds: limits.drainMilliseconds)
        delivery.stop()
    }

    /// Waits a while, and connects anew.
    private func connectAgain() {
        let wait = limits.reconnectMilliseconds(failureCount: .max, nextRandom())
        let clock = LinuxClock()
        let end = clock.monotonicNanoseconds() + UInt64(wait) * 1_000_000
        while !state.withLock({ $0.isStopping }), clock.monotonicNanoseconds() < end {
            signal.wait(timeoutNanoseconds: end - min(end, clock.monotonicNanoseconds()))
        }
        guard !state.withLock({ $0.isStopping }) else { return }
        do throws(BusError) {
            try connect()
        } catch {
            failed(error.description, isRefusal: false, isLoss: false)
            state.withLock { $0.isGivenUp = true }
        }
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
                if range.lowerBound == 0 { part = NATSPart(of: message, nextRandom) }
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

    /// The library has ended the connection, for good.
    func gaveUp() {
        changed(false)
        state.withLock { $0.isGivenUp = true }
        signal.notify()
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
