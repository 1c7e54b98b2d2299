internal import Access
internal import Encoding
internal import HTTP
internal import Platform
internal import Primitives
internal import Synchronization
internal import Venue

/// The method `OrderStream`.
struct OrderStreamMethod: GRPCHandler {
    let gateway: Gateway

    func begin(_ call: GRPCCall) -> any GRPCReceiver {
        let stream = OrderStream(gateway, call)
        let isQueued = gateway.tradeLane.run { stream.open() }
        if !isQueued { stream.end(APIError(.busy, "too many calls wait; try again in a second")) }
        return stream
    }
}

/// One stream of operations and their answers.
///
/// Operations are taken in order by one thread. When `unansweredMax` of them have no answer that was sent, the
/// caller is stopped by flow control until half of them have: so neither requests nor answers pile up here, and no answer is
/// lost for want of room.
final class OrderStream: GRPCReceiver, OpenCall {
    private struct State {
        /// What came and was not looked at.
        var inbox: [[UInt8]] = []
        /// Answers for which there was no room.
        var outbox: [[UInt8]] = []
        /// Operations whose answers were not sent.
        var unanswered = 0
        /// Whether the thread will look into the inbox.
        var isScheduled = false
        var isPaused = false
        /// Whether it is known who calls.
        var isOpen = false
        var isHalfClosed = false
        var isOver = false
        /// Whose orders end with the stream.
        var guarded: AccountID?
    }

    private static let unansweredMax = 4_096

    private let gateway: Gateway
    private let call: GRPCCall
    private let trace: TraceContext
    /// Names the stream among the sessions that are guarded.
    private let number = SystemRandom.word()
    private let state = Mutex(State())

    init(_ gateway: Gateway, _ call: GRPCCall) {
        self.gateway = gateway
        self.call = call
        trace = TraceContext(parent: call.metadata["traceparent"])
    }

    /// Begins; what was sent before waits in the inbox.
    func open() {
        do throws(APIError) {
            guard !gateway.drains else { throw APIError(.stopping, "the venue is stopping") }
            let principal = try gateway.admit(call, .placeOrder)
            if try isGuarded() {
                try gateway.parts.guards.arm(number, principal.account)
                state.withLock { state in state.guarded = principal.account }
            }
            gateway.tradeLane.add(self)
            state.withLock { state in
                state.isOpen = true
                finishIfDone(&state)
            }
            // If the caller went meanwhile, nobody else fires the guard, and the call is not to be looked after.
            closeIfOver()
        } catch {
            end(error)
        }
    }

    private func isGuarded() throws(APIError) -> Bool {
        switch call.metadata["parallax-cancel-on-disconnect"] {
        case nil, "false": false
        case "true": true
        default: throw RequestFields.wrong("parallax-cancel-on-disconnect", "is true or false")
        }
    }

    // MARK: GRPCReceiver

    func received(_ message: [UInt8]) {
        let mustSchedule = state.withLock { state in
            guard !state.isOver else { return false }
            state.inbox.append(message)
            state.unanswered += 1
            if !state.isPaused, state.unanswered >= Self.unansweredMax {
                state.isPaused = true
                call.pause()
            }
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if mustSchedule { gateway.tradeLane.run(isLast: true) { self.work() } }
    }

    func halfClosed() {
        state.withLock { state in
            state.isHalfClosed = true
            finishIfDone(&state)
        }
        closeIfOver()
    }

    func cancelled() { finish { _ in } }

    func writable() {
        state.withLock { state in
            while let answer = state.outbox.first, call.send(answer) {
                state.outbox.removeFirst()
                noteSent(&state)
            }
            finishIfDone(&state)
        }
        closeIfOver()
    }

    // MARK: OpenCall

    func checkCaller() {
        do throws(APIError) { _ = try gateway.authenticate(call) } catch { end(error) }
    }

    func end(_ error: APIError) { finish { stream in stream.call.finish(error, stream.trace) } }

    /// The stream is over, if it is not yet.
    private func finish(_ finishCall: (OrderStream) -> Void) {
        let isFirst = state.withLock { state in
            defer { state.isOver = true }
            state.inbox = []
            state.outbox = []
            return !state.isOver
        }
        guard isFirst else { return }
        finishCall(self)
        closeIfOver()
    }

    /// Lets the thread do what follows the end, once.
    private func closeIfOver() {
        guard state.withLock({ state in state.isOver }) else { return }
        gateway.tradeLane.run(isLast: true) { self.close() }
    }

    /// Nothing is looked after any more, and guarded orders are cancelled.
    private func close() {
        gateway.tradeLane.remove(self)
        let account = state.withLock { state in
            defer { state.guarded = nil }
            return state.guarded
        }
        if let account { gateway.parts.guards.fire(number, account, gateway.parts.gate) }
    }

    // MARK: The thread

    private func work() {
        let messages = state.withLock { state in
            defer { state.inbox = [] }
            state.isScheduled = false
            return state.inbox
        }
        for message in messages { take(message) }
    }

    private func take(_ message: [UInt8]) {
        var id: UInt64 = 0
        do throws(APIError) {
            let (number, operation, body) = try Self.read(message)
            id = number
            guard !gateway.drains else { throw APIError(.stopping, "the venue is stopping") }
            guard let operation, let body else {
                throw APIError(.invalidMessage, "the operation is none that is known")
            }
            var fields = try operation.form.fields(in: body)
            let principal = try gateway.admit(call, operation.action)
            try gateway.perform(operation, &fields, principal, key: nil) { answer in
                self.answer(number, operation, answer)
            }
        } catch {
            answer(id, .place, .failure(error))
        }
    }

    /// The parts of an `OrderOperation`.
    private static func read(
        _ message: [UInt8]
    ) throws(APIError) -> (UInt64, TradeOperation?, ProtobufReader?) {
        try MessageForm.refusing { () throws(ProtobufError) in
            var reader = try ProtobufReader(message, limits: MessageForm.limits)
            var id: UInt64 = 0
            var operation: TradeOperation?
            var body: ProtobufReader?
            while let field = try reader.next() {
                if field.number == 1 {
                    id = try reader.number(field)
                } else if let found = TradeOperation(rawValue: field.number) {
                    operation = found
                    body = try reader.message(field)
                }
            }
            return (id, operation, body)
        }
    }

    private func answer(
        _ id: UInt64,
        _ operation: TradeOperation,
        _ answer: Result<TradeAnswer, APIError>
    ) {
        var writer = ProtobufWriter(capacity: 192)
        writer.add(1, id)
        switch answer {
        case .failure(let error):
            writer.add(4, message: { writer in error.write(to: &writer) })
        case .success(let answer):
            let number: UInt32 = operation == .massCancel ? 3 : 2
            writer.add(
                number,
                message: { writer in answer.write(gateway.parts.listing, to: &writer) }
            )
        }
        let bytes = writer.bytes
        state.withLock { state in
            guard !state.isOver else { return }
            if state.outbox.isEmpty, call.send(bytes) {
                noteSent(&state)
                finishIfDone(&state)
            } else {
                state.outbox.append(bytes)
            }
        }
        closeIfOver()
    }

    private func noteSent(_ state: inout State) {
        state.unanswered -= 1
        guard state.isPaused, state.unanswered <= Self.unansweredMax / 2 else { return }
        state.isPaused = false
        call.resume()
    }

    /// The caller sends no more, and has all answers.
    private func finishIfDone(_ state: inout State) {
        guard state.isOpen, state.isHalfClosed, state.unanswered == 0, !state.isOver else {
            return
        }
        state.isOver = true
        call.finish(trailers: trace.trailers)
    }
}
