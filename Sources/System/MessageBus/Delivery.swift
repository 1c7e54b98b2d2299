internal import Platform
internal import Synchronization

/// One handler of this participant.
final class Subscription: Sendable {
    let pattern: SubjectPattern
    let handler: @Sendable (BusMessage) -> Void
    private let isEnded = Atomic<Bool>(false)

    init(_ pattern: SubjectPattern, _ handler: @escaping @Sendable (BusMessage) -> Void) {
        self.pattern = pattern
        self.handler = handler
    }

    func end() { isEnded.store(true, ordering: .releasing) }

    func receive(_ message: BusMessage) {
        if !isEnded.load(ordering: .acquiring) { handler(message) }
    }
}

/// The thread on which the handlers of one participant run, and what waits for it.
final class Delivery: Sendable {
    private enum Work {
        case message(BusMessage, [Subscription])
        case call(@Sendable () -> Void)
    }

    private struct State {
        var work = Queue<Work>()
        var byteCount = 0
        var isStopped = false
        /// Whether somebody wants to know when there is room again.
        var isAwaited = false
    }

    private let state = Mutex(State())
    private let signal = Signal()
    private let limits: BusLimits
    /// Called on the delivery thread when there is room again after `isFull` was seen.
    private let madeRoom: @Sendable () -> Void

    init(_ limits: BusLimits, madeRoom: @escaping @Sendable () -> Void) {
        self.limits = limits
        self.madeRoom = madeRoom
    }

    /// Adds a message for some handlers; false if there is no room.
    func push(_ message: BusMessage, _ subscriptions: [Subscription]) -> Bool {
        let isTaken = state.withLock { state in
            guard state.byteCount + message.cost <= limits.deliveryBytesMax,
                state.work.count < limits.deliveryMessageCountMax
            else { return false }
            state.byteCount += message.cost
            state.work.append(.message(message, subscriptions))
            return true
        }
        if isTaken { signal.notify() }
        return isTaken
    }

    /// Adds a call, whatever waits already.
    func push(_ call: @escaping @Sendable () -> Void) {
        state.withLock { $0.work.append(.call(call)) }
        signal.notify()
    }

    /// Whether half of the room is taken; if so, `madeRoom` will be called when it no longer is.
    func isNearlyFull() -> Bool {
        state.withLock { state in
            let isFull = Self.isNearlyFull(state, limits)
            if isFull { state.isAwaited = true }
            return isFull
        }
    }

    private static func isNearlyFull(_ state: State, _ limits: BusLimits) -> Bool {
        state.byteCount > limits.deliveryBytesMax / 2
            || state.work.count > limits.deliveryMessageCountMax / 2
    }

    /// Lets the thread end; what waits is forgotten.
    func stop() {
        state.withLock { $0.isStopped = true }
        signal.notify()
    }

    /// The thread's work.
    func run() {
        while true {
            let (next, isStopped, hasRoom) = state.withLock { state in
                let next = state.isStopped ? nil : state.work.popFirst()
                if case .message(let message, _) = next { state.byteCount -= message.cost }
                let hasRoom = state.isAwaited && !Self.isNearlyFull(state, limits)
                if hasRoom { state.isAwaited = false }
                return (next, state.isStopped, hasRoom)
            }
            if hasRoom { madeRoom() }
            if isStopped { return }
            switch next {
            case .message(let message, let subscriptions):
                for subscription in subscriptions { subscription.receive(message) }
            case .call(let call): call()
            case nil: signal.wait()
            }
        }
    }
}
