internal import Synchronization

/// The way back to a caller; any thread may use it.
///
/// What is sent waits in a queue with a bound in bytes until the caller's flow control lets it pass.
public final class GRPCCall: Sendable {
    /// How a call ended.
    struct Ending: Sendable {
        let status: GRPCStatus
        let message: String
        let trailers: HTTPHeaders
    }

    /// What the connection is to do.
    struct Work {
        let messages: [ByteChunk]
        let ending: Ending?
        let isPaused: Bool
    }

    private struct State {
        var messages: [ByteChunk] = []
        var messageBytes = 0
        var isOpen = true
        var ending: Ending?
        var isPaused = false
        /// Whether the reactor was told that something waits.
        var isNoted = false
        /// Whether a message found no room.
        var hasRefused = false
    }

    /// The method, such as `/parallax.v1.Trading/PlaceOrder`.
    public let method: String
    /// What the caller sent before its messages.
    public let metadata: HTTPHeaders
    /// Who calls.
    public let peer: HTTPPeer
    /// The monotonic time in nanoseconds when the caller gives up, as the server's clock counts; none if it waits
    /// for ever.
    public let deadline: UInt64?

    private let state = Mutex(State())
    /// Bytes that the reactor has taken and the connection has not.
    private let outputBytes = Atomic<Int>(0)
    private let waitingBytesMax: Int
    private let post: @Sendable () -> Void

    init(
        method: String,
        metadata: HTTPHeaders,
        peer: HTTPPeer,
        deadline: UInt64?,
        waitingBytesMax: Int,
        post: @escaping @Sendable () -> Void
    ) {
        self.method = method
        self.metadata = metadata
        self.peer = peer
        self.deadline = deadline
        self.waitingBytesMax = waitingBytesMax
        self.post = post
    }

    /// Whether the caller is there and the call is not finished.
    public var isOpen: Bool { state.withLock { $0.isOpen } }

    /// Bytes that wait for the caller.
    public var waitingBytes: Int {
        state.withLock { $0.messageBytes } + outputBytes.load(ordering: .relaxed)
    }

    /// Sends a message.
    ///
    /// - Returns: False if it was not taken: the call is over, or its queue is full; then
    ///   `GRPCReceiver.writable` says when there is room again.
    @discardableResult public func send(_ message: [UInt8]) -> Bool { send(GRPCMessage(message)) }

    /// Sends a message that was framed once for many calls.
    ///
    /// - Returns: As `send(_:)` with bytes. A message that is longer than the queue is taken when nothing waits.
    @discardableResult public func send(_ message: GRPCMessage) -> Bool {
        change { state in
            guard state.isOpen else { return false }
            let waiting = state.messageBytes + outputBytes.load(ordering: .relaxed)
            guard waiting == 0 || waiting + message.byteCount <= waitingBytesMax else {
                state.hasRefused = true
                return false
            }
            state.messages.append(message.chunk)
            state.messageBytes += message.byteCount
            return true
        }
    }

    /// Ends the call behind what was sent; calling it again does nothing.
    ///
    /// - Parameters:
    ///   - status: How it ended.
    ///   - message: For people.
    ///   - trailers: What else the caller is told; names beginning with `grpc-` belong to the protocol.
    public func finish(
        _ status: GRPCStatus = .ok,
        message: String = "",
        trailers: HTTPHeaders = HTTPHeaders()
    ) {
        let ending = Ending(status: status, message: message, trailers: trailers)
        change { state in
            guard state.isOpen else { return false }
            state.isOpen = false
            state.ending = ending
            return true
        }
    }

    /// Takes no more messages until `resume`.
    ///
    /// A message that is on its way may still come. The caller can send what flow control allows, which waits.
    public func pause() { setPaused(true) }

    /// Takes messages again.
    public func resume() { setPaused(false) }

    private func setPaused(_ isPaused: Bool) {
        change { state in
            guard state.isOpen, state.isPaused != isPaused else { return false }
            state.isPaused = isPaused
            return true
        }
    }

    /// Changes the state, and notes that there is work if the function says so; returns what it says.
    @discardableResult private func change(_ body: (inout sending State) -> Bool) -> Bool {
        let (isChanged, mustNote) = state.withLock { state in
            guard body(&state) else { return (false, false) }
            defer { state.isNoted = true }
            return (true, !state.isNoted)
        }
        if mustNote { post() }
        return isChanged
    }

    /// What came since the last call.
    func takeWork() -> Work {
        state.withLock { state in
            let work = Work(
                messages: state.messages,
                ending: state.ending,
                isPaused: state.isPaused
            )
            state.messages = []
            outputBytes.add(state.messageBytes, ordering: .relaxed)
            state.messageBytes = 0
            state.ending = nil
            state.isNoted = false
            return work
        }
    }

    /// Notes how much the connection still has to take; returns whether whoever found no room is to be told.
    func setOutputBytes(_ count: Int) -> Bool {
        outputBytes.store(count, ordering: .relaxed)
        guard count <= waitingBytesMax / 2 else { return false }
        return state.withLock { state in
            guard state.hasRefused, state.isOpen else { return false }
            state.hasRefused = false
            return true
        }
    }

    /// Nothing can be sent any more.
    ///
    /// - Returns: Whether it could until now.
    func end() -> Bool {
        state.withLock { state in
            defer { state.isOpen = false }
            state.messages = []
            state.messageBytes = 0
            state.ending = nil
            return state.isOpen
        }
    }
}
