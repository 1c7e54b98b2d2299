internal import Access
internal import Encoding
internal import HTTP
internal import MarketData
internal import Primitives
internal import Synchronization
internal import Venue

/// The method `Subscribe`.
struct SubscribeMethod: GRPCHandler {
    let gateway: Gateway

    func begin(_ call: GRPCCall) -> any GRPCReceiver {
        let subscription = MarketSubscription(gateway, call)
        gateway.readLane.add(subscription)
        return subscription
    }
}

/// One stream of market data.
final class MarketSubscription: GRPCReceiver, OpenCall, MarketSubscriber {
    private struct State {
        var message: [UInt8]?
        var isOver = false
        /// Whether the caller has shown who it is, and must still be that.
        var isOwn = false
    }

    /// A caller with more bytes waiting is behind.
    private static let behindBytes = 256 << 10
    private static let channelsMax = 64

    private let gateway: Gateway
    private let call: GRPCCall
    private let trace: TraceContext
    private let state = Mutex(State())

    init(_ gateway: Gateway, _ call: GRPCCall) {
        self.gateway = gateway
        self.call = call
        trace = TraceContext(parent: call.metadata["traceparent"])
    }

    // MARK: GRPCReceiver

    func received(_ message: [UInt8]) {
        let isSecond = state.withLock { state in
            defer { state.message = message }
            return state.message != nil
        }
        if isSecond { end(APIError(.invalidMessage, "send exactly one message")) }
    }

    func halfClosed() {
        guard let message = state.withLock({ state in state.message }) else {
            return end(APIError(.invalidMessage, "send exactly one message"))
        }
        let isQueued = gateway.readLane.run { self.subscribe(message) }
        if !isQueued { end(APIError(.busy, "too many calls wait; try again in a second")) }
    }

    func cancelled() { finish { _ in } }

    // MARK: MarketSubscriber

    var isBehind: Bool { call.waitingBytes > Self.behindBytes }

    /// A caller for whom there is no room any more is told so and cut off.
    func send(_ frame: GRPCMessage) {
        guard !call.send(frame) else { return }
        end(APIError(.busy, "what is sent is read too slowly"))
    }

    // MARK: OpenCall

    func checkCaller() {
        guard state.withLock({ state in state.isOwn }) else { return }
        do throws(APIError) { _ = try gateway.authenticate(call) } catch { end(error) }
    }

    func end(_ error: APIError) {
        finish { subscription in subscription.call.finish(error, subscription.trace) }
    }

    private func finish(_ finishCall: (MarketSubscription) -> Void) {
        let isFirst = state.withLock { state in
            defer { state.isOver = true }
            return !state.isOver
        }
        guard isFirst else { return }
        finishCall(self)
        // Not here: locks of the channels may be held.
        gateway.readLane.run(isLast: true) { self.forget() }
    }

    private func forget() {
        gateway.callChannels.remove(self)
        gateway.readLane.remove(self)
    }

    // MARK: The thread

    private func subscribe(_ message: [UInt8]) {
        do throws(APIError) {
            guard !gateway.drains else { throw APIError(.stopping, "the venue is stopping") }
            try gateway.limit(call.peer.address)
            for channel in try channels(message) {
                // What was ended in between stays so: `forget` runs behind this.
                switch gateway.callChannels.subscribe(self, to: channel) {
                case .subscribed: continue
                case .unknownInstrument:
                    throw APIError(.notReady, "the instrument is not open for data yet; try again")
                case .tooMany: throw APIError(.conflict, "these are too many channels")
                }
            }
        } catch {
            end(error)
        }
    }

    private func channels(_ message: [UInt8]) throws(APIError) -> [MarketChannel] {
        var fields = try MessageForm.subscribe.fields(of: message)
        guard let list = fields.value("channels")?.array, list.count <= Self.channelsMax else {
            throw RequestFields.wrong("channels", "must name 1 to \(Self.channelsMax) channels")
        }
        var channels: [MarketChannel] = []
        for value in list {
            var fields = try RequestFields(value)
            channels.append(
                try gateway.channel(&fields) { () throws(APIError) in
                    let principal = try gateway.admit(call, .readOwn)
                    state.withLock { state in state.isOwn = true }
                    return principal.account
                }
            )
        }
        return channels
    }
}
