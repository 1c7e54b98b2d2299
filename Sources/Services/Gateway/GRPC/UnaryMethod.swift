internal import Access
internal import Encoding
internal import HTTP
internal import Primitives
internal import Synchronization

/// A method with one request and one answer.
struct UnaryMethod: GRPCHandler {
    /// Answers now or later; what it throws is the answer.
    typealias Work = @Sendable (UnaryCall) throws(APIError) -> Void

    private let gateway: Gateway
    private let lane: CallLane
    private let work: Work

    init(_ gateway: Gateway, _ lane: CallLane, _ work: @escaping Work) {
        self.gateway = gateway
        self.lane = lane
        self.work = work
    }

    func begin(_ call: GRPCCall) -> any GRPCReceiver {
        let trace = TraceContext(parent: call.metadata["traceparent"])
        return UnaryReceiver { message in
            guard let message else {
                let error = APIError(.invalidMessage, "send exactly one message")
                return call.finish(error, trace)
            }
            let unary = UnaryCall(gateway: gateway, call: call, trace: trace, message: message)
            let isQueued = lane.run { unary.run(work) }
            if !isQueued {
                call.finish(APIError(.busy, "too many calls wait; try again in a second"), trace)
            }
        }
    }
}

/// Waits for the one message of a call.
private final class UnaryReceiver: GRPCReceiver {
    private let messages = Mutex<[[UInt8]]>([])
    /// Takes the message, or none if there was not exactly one.
    private let complete: @Sendable ([UInt8]?) -> Void

    init(_ complete: @escaping @Sendable ([UInt8]?) -> Void) { self.complete = complete }

    func received(_ message: [UInt8]) {
        let isSecond = messages.withLock { messages in
            messages.append(message)
            return messages.count == 2
        }
        if isSecond { complete(nil) }
    }

    func halfClosed() {
        let message = messages.withLock { messages in messages.count == 1 ? messages[0] : nil }
        complete(message)
    }

    /// What was begun is brought to its end: the caller asks with the same name what became of it.
    func cancelled() {}
}

/// One request on its way to its answer.
struct UnaryCall: Sendable {
    let gateway: Gateway
    let call: GRPCCall
    let trace: TraceContext
    let message: [UInt8]

    /// Does what is asked.
    func run(_ work: UnaryMethod.Work) {
        do throws(APIError) {
            guard call.isOpen else { return }
            guard !gateway.drains else { throw APIError(.stopping, "the venue is stopping") }
            try work(self)
        } catch {
            fail(error)
        }
    }

    /// Answers.
    func answer(_ message: [UInt8]) {
        gateway.metrics.count(200)
        call.send(message)
        call.finish(trailers: trace.trailers)
    }

    /// Answers with an error.
    func fail(_ error: APIError) {
        gateway.metrics.count(error.status)
        call.finish(error, trace)
    }

    /// Places, changes or cancels.
    func trade(_ operation: TradeOperation) throws(APIError) {
        let principal = try gateway.admit(call, operation.action)
        var fields = try operation.form.fields(of: message)
        let key = call.metadata["idempotency-key"]
        try gateway.perform(operation, &fields, principal, key: key) { answer in
            switch answer {
            case .failure(let error): self.fail(error)
            case .success(let answer):
                var writer = ProtobufWriter(capacity: 256)
                answer.write(self.gateway.parts.listing, to: &writer)
                self.answer(writer.bytes)
            }
        }
    }
}
