internal import Platform
internal import Synchronization

/// What a client's threads and its owner share.
final class ClientCore: Sendable {
    private struct State {
        /// What waits for the hub; none while there is no connection.
        var outgoing: OutgoingQueue?
        var subscriptions: [UInt32: Subscription] = [:]
        var nextSubscription: UInt32 = 1
        var isStopping = false
        var lastFailure: String?
        /// What the hub's rules refused, in its order.
        var denied: [UInt32] = []
        var waiters: [Signal] = []
    }

    let requests: Requests
    let delivery: Delivery
    let poller: SocketPoller
    let limits: BusLimits
    private let connectionChanged: (@Sendable (Bool) -> Void)?
    private let state = Mutex(State())
    /// Whether the thread of input and output was told that something waits.
    private let isTold = Atomic<Bool>(false)
    /// The number of the subscription to all answers; the others count from 1.
    private static let answers: UInt32 = 0

    init(
        owner: String,
        _ limits: BusLimits,
        _ poller: SocketPoller,
        _ connectionChanged: (@Sendable (Bool) -> Void)?
    ) {
        requests = Requests(owner: owner)
        self.limits = limits
        self.poller = poller
        self.connectionChanged = connectionChanged
        delivery = Delivery(limits) { poller.wake() }
    }

    var isConnected: Bool { state.withLock { $0.outgoing != nil } }
    var isStopping: Bool { state.withLock { $0.isStopping } }
    var lastFailure: String? { state.withLock { $0.lastFailure } }
    var refusedPatterns: [String] {
        state.withLock { state in
            state.denied.compactMap { state.subscriptions[$0]?.pattern.description }
        }
    }

    func waitUntilConnected(timeoutMilliseconds: Int) -> Bool {
        let clock = LinuxClock()
        let time = UInt64(max(timeoutMilliseconds, 0)) * 1_000_000
        let deadline = clock.monotonicNanoseconds() + time
        let signal = Signal()
        let isDone = state.withLock { state in
            state.waiters.append(signal)
            return state.outgoing != nil || state.isStopping
        }
        defer { state.withLock { $0.waiters.removeAll { $0 === signal } } }
        while !isDone, !isConnected, !isStopping {
            let now = clock.monotonicNanoseconds()
            guard now < deadline else { break }
            signal.wait(timeoutNanoseconds: deadline - now)
        }
        return isConnected
    }

    // MARK: what the owner does

    func publish(_ subject: String, _ payload: [UInt8], replyTo: String?) throws(BusError) {
        try BusProtocol.check(subject, payload, replyTo, limits)
        let message = BusMessage(subject: subject, replyTo: replyTo, payload: payload)
        try push { queue in queue.push(message) }
    }

    private func push(_ add: (OutgoingQueue) -> Bool) throws(BusError) {
        let failure: BusError? = state.withLock { state in
            if state.isStopping { return .closed }
            guard let queue = state.outgoing else { return .disconnected }
            return add(queue) ? nil : .full
        }
        if let failure { throw failure }
        wake()
    }

    private func wake() {
        if !isTold.exchange(true, ordering: .sequentiallyConsistent) { poller.wake() }
    }

    func subscribe(
        _ text: String,
        _ handler: @escaping @Sendable (BusMessage) -> Void
    ) throws(BusError) -> BusSubscription {
        let pattern = try BusProtocol.pattern(text)
        let subscription = Subscription(pattern, handler)
        let limit = limits.subscriptionCountMax
        let result: Result<UInt32, BusError> = state.withLock { state in
            if state.isStopping { return .failure(.closed) }
            guard state.subscriptions.count < limit else {
                return .failure(.tooManySubscriptions(limit: limit))
            }
            let number = state.nextSubscription
            let frame = Frame.subscribe(number: number, pattern: text)
            if let queue = state.outgoing, !queue.push(frame) { return .failure(.full) }
            state.nextSubscription += 1
            state.subscriptions[number] = subscription
            return .success(number)
        }
        let number = try result.get()
        wake()
        return BusSubscription { [self] in end(number) }
    }

    private func end(_ number: UInt32) {
        state.withLock { state in
            guard let subscription = state.subscriptions.removeValue(forKey: number) else { return }
            subscription.end()
            state.denied.removeAll { $0 == number }
            // Where there is no room the hub goes on sending, and nobody here listens.
            _ = state.outgoing?.push(.unsubscribe(number: number))
        }
        wake()
    }

    func flush(timeoutMilliseconds: Int) throws(BusError) {
        _ = try requests.perform(
            subject: "flush",
            timeoutMilliseconds: timeoutMilliseconds
        ) { subject throws(BusError) in
            let number = UInt64(subject.dropFirst(requests.prefix.count)) ?? 0
            try push { queue in queue.push(.ping(number), isLast: true) }
        }
    }

    func stop() {
        let waiters = state.withLock { state in
            state.isStopping = true
            return state.waiters
        }
        for waiter in waiters { waiter.notify() }
        requests.fail(.closed, isLast: true)
        poller.wake()
    }

    // MARK: what the thread of input and output does

    /// Begins to look at what waits: whoever adds something from now on wakes the thread.
    func beginTurn() { isTold.store(false, ordering: .sequentiallyConsistent) }

    /// The hub has let this client in: it is told what the client wants to hear.
    func connected(_ queue: OutgoingQueue) {
        let waiters = state.withLock { state in
            var frames = [Frame.subscribe(number: Self.answers, pattern: requests.pattern)]
            for number in state.subscriptions.keys.sorted() {
                guard let pattern = state.subscriptions[number]?.pattern else { continue }
                frames.append(.subscribe(number: number, pattern: pattern.description))
            }
            for frame in frames {
                let isTaken = queue.push(frame)
                precondition(isTaken, "an empty queue has room for all subscriptions")
            }
            state.denied = []
            state.outgoing = queue
            return state.waiters
        }
        for waiter in waiters { waiter.notify() }
        if let connectionChanged { delivery.push { connectionChanged(true) } }
    }

    func disconnected(_ reason: ConnectionEnd) {
        let wasConnected = state.withLock { state in
            switch reason {
            case .orderly: state.lastFailure = "the hub ended the connection"
            case .failed(let text): state.lastFailure = text
            }
            defer { state.outgoing = nil }
            return state.outgoing != nil
        }
        guard wasConnected else { return }
        requests.fail(.disconnected)
        if let connectionChanged { delivery.push { connectionChanged(false) } }
    }

    func receive(_ message: BusMessage) {
        if requests.answer(message.subject, .success(message.payload)) { return }
        let matching = state.withLock { state in
            state.subscriptions.filter { number, subscription in
                // Where another pattern lets the message come, this one is refused all the same.
                subscription.pattern.matches(message.subject) && !state.denied.contains(number)
            }
        }
        guard !matching.isEmpty else { return }
        let ordered = matching.sorted { $0.key < $1.key }.map(\.value)
        // Reading stops when half of the room is taken, and one turn brings less than the other half.
        _ = delivery.push(message, ordered)
    }

    func unanswered(_ reason: Frame.Unanswered, _ head: Frame.Head) {
        guard let replyTo = head.replyTo else { return }
        let error: BusError =
            switch reason {
            case .noResponders: .noResponders(subject: head.subject)
            case .refused: .refused(subject: head.subject)
            }
        _ = requests.answer(replyTo, .failure(error))
    }

    func denied(_ number: UInt32) {
        state.withLock { state in state.denied.append(number) }
    }

    func pong(_ number: UInt64) {
        if number > 0 { _ = requests.answer(requests.prefix + String(number), .success([])) }
    }
}
