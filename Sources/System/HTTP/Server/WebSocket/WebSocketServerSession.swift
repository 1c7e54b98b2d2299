internal import Synchronization

/// The server's end of one WebSocket (RFC 6455), without its socket.
///
/// It answers pings and closings, asks a silent client for a sign of life, and moves what its peer's queue holds to
/// the output. Extensions are never agreed to: compressed frames would cost memory for each connection and could
/// not be shared.
final class WebSocketServerSession: ConnectionSession {
    private enum State: Equatable {
        case open
        /// A closing frame was sent; until then the other side's may come.
        case closing(until: UInt64)
        /// Both sides have closed, or one broke the protocol.
        case finished
    }

    private let context: ServerContext
    private let output: ConnectionOutput
    private let codec: WebSocketCodec
    private let peer: WebSocketPeer
    private let session: any WebSocketSession
    private var state = State.open
    private var heardAt: UInt64
    private var pingedAt: UInt64?
    /// Bytes of a message that is not complete, as the context counts them.
    private var heldBytes = 0
    /// Whether the session knows that it is over.
    private var isReported = false

    init(_ session: any WebSocketSession, connection: UInt64, output: ConnectionOutput) {
        context = output.context
        self.output = output
        self.session = session
        codec = WebSocketCodec(
            role: .server,
            messageBytesMax: context.limits.webSocketMessageBytesMax
        )
        peer = WebSocketPeer(
            context.shared,
            connection: connection,
            waitingBytesMax: context.limits.waitingBytesMax
        )
        heardAt = context.now
        context.shared.counters.webSockets.add(1, ordering: .relaxed)
        session.opened(peer)
    }

    // A client that lets pings pile up without reading the answers is not read either.
    var wantsInput: Bool { state != .finished && output.count <= context.limits.waitingBytesMax }

    var isFinished: Bool { state == .finished }

    var successor: (any ConnectionSession)? { nil }

    var deadline: UInt64? {
        switch state {
        case .open:
            pingedAt.map { $0 &+ context.limits.pongNanoseconds }
                ?? heardAt &+ context.limits.silenceNanoseconds
        case .closing(let end): end
        case .finished: nil
        }
    }

    func receive(_ bytes: ArraySlice<UInt8>) {
        guard state != .finished, !bytes.isEmpty else { return }
        heardAt = context.now
        pingedAt = nil
        do throws(WebSocketFault) {
            try codec.receive(bytes) { message in take(message) }
        } catch {
            finish(error.code)
        }
        if state != .finished, !hold(codec.incompleteBytes) {
            codec.close(code: 1013, reason: "too much is on its way")
            finish(1013)
        }
        flushCodec()
    }

    /// Notes how many bytes of a message are held; whether that many may be.
    private func hold(_ count: Int) -> Bool {
        defer { heldBytes = count }
        return context.changeIncompleteBytes(by: count - heldBytes)
    }

    private func take(_ message: WebSocketCodec.Incoming) {
        switch message {
        // What comes after this side has closed is for nobody.
        case .text(let bytes): if state == .open { session.received(.text(bytes)) }
        case .binary(let bytes): if state == .open { session.received(.binary(bytes)) }
        case .pong: break
        case .close(let code, _): finish(code ?? 1005)
        }
    }

    func inputEnded() -> Bool {
        finish(1006)
        return true
    }

    func deliver(_ content: ReactorMessage.Content, stream: Int32) {
        guard case .waiting = content, state == .open else { return }
        let work = peer.takeWork()
        for frame in work.frames { output.append(shared: frame) }
        if work.isOverfull {
            context.shared.counters.cutOff.add(1, ordering: .relaxed)
            output.dropUnbegun()
            close(1013, "too slow")
            report(1013)
        } else if let (code, reason) = work.closing {
            close(code, reason)
        }
    }

    func fill() { peer.setOutputBytes(output.count) }

    func expire() -> Bool {
        guard state == .open, pingedAt == nil else {
            finish(1006)
            return true
        }
        codec.ping()
        pingedAt = context.now
        flushCodec()
        return false
    }

    func drain() {
        if state == .open { close(1001, "the server stops") }
        report(1001)
    }

    func dropped() { finish(1006) }

    /// Sends a closing frame, and waits for the other side's.
    private func close(_ code: UInt16, _ reason: String) {
        peer.end()
        codec.close(code: code, reason: reason)
        flushCodec()
        state = .closing(until: context.now &+ context.limits.closeNanoseconds)
    }

    private func finish(_ code: UInt16) {
        // What was said in answer to the messages before comes before the closing frame.
        if state == .open { for frame in peer.takeWork().frames { output.append(shared: frame) } }
        state = .finished
        _ = hold(0)
        peer.end()
        report(code)
    }

    private func report(_ code: UInt16) {
        if isReported { return }
        isReported = true
        context.shared.counters.webSockets.subtract(1, ordering: .relaxed)
        session.closed(code)
    }

    private func flushCodec() {
        if codec.hasOutput { output.append(codec.takeOutput()) }
    }
}
