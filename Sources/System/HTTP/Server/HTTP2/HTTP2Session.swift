internal import CNGHTTP2

/// One connection of HTTP/2 (RFC 9113), by the library nghttp2, without its socket.
///
/// The library keeps the rules of frames, streams, flow control and header compression. Here are the bounds: on
/// streams, heads, bodies and what waits, on time, and on frames that cost the server more than the client.
@safe final class HTTP2Session: ConnectionSession {
    /// What every client of HTTP/2 says first (RFC 9113 §3.4).
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    let context: ServerContext
    let connectionOutput: ConnectionOutput
    let connection: UInt64
    let peer: HTTPPeer
    /// Set at the end of init; the library needs the object first.
    private var library: OpaquePointer?
    var streams: [Int32: HTTP2Stream] = [:]
    private var resets: TokenBucket
    private var controlFrames: TokenBucket
    /// Whether the client broke the protocol so that nothing can be told it.
    private var isBroken = false
    private var hasBegun = false
    private var heardAt: UInt64
    private var pingedAt: UInt64?
    /// When there was a stream last.
    private var busyAt: UInt64
    /// Once the server stops: when the calls that are left are ended.
    private var endsCallsAt: UInt64?

    var limits: HTTPLimits { context.limits }

    /// The library's part.
    var handle: OpaquePointer {
        guard let library = unsafe library else { preconditionFailure("it is set in init") }
        return unsafe library
    }

    init(connection: UInt64, peer: HTTPPeer, output: ConnectionOutput) {
        context = output.context
        connectionOutput = output
        self.connection = connection
        self.peer = peer
        let now = output.context.now
        let limits = output.context.limits
        resets = TokenBucket(
            burst: limits.resetBurst,
            perSecond: limits.resetsPerSecond,
            now: now
        )
        controlFrames = TokenBucket(
            burst: limits.controlFramesPerSecond,
            perSecond: limits.controlFramesPerSecond,
            now: now
        )
        heardAt = now
        busyAt = now
        unsafe library = HTTP2Library.shared.makeSession(self)
        submitSettings()
    }

    deinit { unsafe nghttp2_session_del(library) }

    private func submitSettings() {
        let settings = [
            (NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.streamCountMax),
            (NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits.streamWindowBytes),
            (NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, limits.headBytesMax),
        ].map { identifier, value in
            nghttp2_settings_entry(
                settings_id: Int32(identifier.rawValue),
                value: UInt32(value)
            )
        }
        let flags = UInt8(NGHTTP2_FLAG_NONE.rawValue)
        let code = unsafe nghttp2_submit_settings(handle, flags, settings, settings.count)
        precondition(code == 0, "the settings are in their ranges")
        // All streams together may send four times what one may.
        let window = Int32(clamping: limits.streamWindowBytes * 4)
        let result = unsafe nghttp2_session_set_local_window_size(handle, flags, 0, window)
        precondition(result == 0, "the window is in its range")
    }

    // A client that does not read the answers to its frames is not read either.
    var wantsInput: Bool { connectionOutput.count <= limits.outputBytesMax }

    var isFinished: Bool {
        unsafe isBroken
            || nghttp2_session_want_read(handle) == 0 && nghttp2_session_want_write(handle) == 0
    }

    var successor: (any ConnectionSession)? { nil }

    var deadline: UInt64? {
        if !hasBegun { return heardAt &+ limits.headNanoseconds }
        let alive = pingedAt.map { $0 &+ limits.pongNanoseconds }
        if streams.isEmpty { return alive ?? busyAt &+ limits.idleNanoseconds }
        var deadline = min(alive ?? heardAt &+ limits.silenceNanoseconds, endsCallsAt ?? .max)
        for stream in streams.values {
            deadline = min(deadline, stream.deadline(limits) ?? .max)
        }
        return deadline
    }

    func receive(_ bytes: ArraySlice<UInt8>) {
        guard !isBroken, !bytes.isEmpty else { return }
        heardAt = context.now
        pingedAt = nil
        let count = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe nghttp2_session_mem_recv(handle, bytes.baseAddress, bytes.count)
        }
        if count != bytes.count { isBroken = true }
    }

    func inputEnded() -> Bool { true }

    func deliver(_ content: ReactorMessage.Content, stream: Int32) {
        guard let stream = streams[stream] else { return }
        switch content {
        case .response(let response): answer(stream, response)
        case .piece(let piece): take(stream, piece)
        case .waiting: takeWork(stream)
        }
    }

    /// Moves frames from the library to the output as long as that is short.
    func fill() {
        while !isBroken, connectionOutput.count < limits.outputBytesMax {
            var bytes: UnsafePointer<UInt8>?
            let count = unsafe nghttp2_session_mem_send(handle, &bytes)
            if count == 0 { return }
            guard count > 0 else {
                isBroken = true
                return
            }
            unsafe connectionOutput.append(UnsafeRawBufferPointer(start: bytes, count: count).bytes)
        }
    }

    func expire() -> Bool {
        guard hasBegun else { return true }
        if let pingedAt, pingedAt &+ limits.pongNanoseconds <= context.now { return true }
        if streams.isEmpty {
            if busyAt &+ limits.idleNanoseconds <= context.now { drain() }
            // If the client does not go by then, it is dropped.
            if pingedAt == nil { pingedAt = context.now }
            return false
        }
        // In the order of the streams, so that a run can be repeated.
        for id in streams.keys.sorted() {
            guard let stream = streams[id] else { continue }
            if let deadline = stream.deadline(limits), deadline <= context.now { expire(stream) }
        }
        if let endsCallsAt, endsCallsAt <= context.now {
            self.endsCallsAt = nil
            endCalls()
        }
        if pingedAt == nil, heardAt &+ limits.silenceNanoseconds <= context.now {
            pingedAt = context.now
            _ = unsafe nghttp2_submit_ping(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil)
        }
        return false
    }

    func drain() {
        if endsCallsAt == nil { endsCallsAt = context.now &+ limits.drainNanoseconds / 2 }
        _ = unsafe nghttp2_submit_goaway(
            handle,
            UInt8(NGHTTP2_FLAG_NONE.rawValue),
            nghttp2_session_get_last_proc_stream_id(handle),
            NGHTTP2_NO_ERROR.rawValue,
            nil,
            0
        )
    }

    func dropped() {
        for id in streams.keys.sorted() { closed(id) }
    }

    /// A frame came that is as it must be.
    func took(_ frame: HTTP2Frame) {
        hasBegun = true
        switch UInt32(frame.kind) {
        case NGHTTP2_HEADERS.rawValue:
            guard let stream = streams[frame.stream] else { return }
            // Fields behind a body are for nobody.
            if !stream.isHeadComplete { headCame(stream) }
            if frame.endsStream { inputEnded(stream) }
        case NGHTTP2_DATA.rawValue:
            if frame.endsStream {
                if let stream = streams[frame.stream] { inputEnded(stream) }
            } else if frame.count == 0 {
                count(&controlFrames)
            }
        case NGHTTP2_RST_STREAM.rawValue: count(&resets)
        case NGHTTP2_SETTINGS.rawValue, NGHTTP2_PING.rawValue:
            if !frame.isAcknowledgement { count(&controlFrames) }
        // Room that the client gives costs nothing, and a quick reader gives it often.
        case NGHTTP2_WINDOW_UPDATE.rawValue: break
        default: count(&controlFrames)
        }
    }

    /// A frame came that is not as it must be.
    func tookInvalid() { count(&controlFrames) }

    /// A stream was reset by the server.
    ///
    /// That costs as much as a reset by the client, and a client can bring it about.
    func sentReset() { count(&resets) }

    /// A client that goes on and on with frames which cost it nothing is told to calm down, and let go.
    private func count(_ bucket: inout TokenBucket) {
        if bucket.take(now: context.now) { return }
        _ = unsafe nghttp2_session_terminate_session(
            handle,
            NGHTTP2_ENHANCE_YOUR_CALM.rawValue
        )
    }

    /// A stream is over, whoever ended it.
    func closed(_ id: Int32) {
        guard let stream = streams.removeValue(forKey: id) else { return }
        _ = hold(stream, 0)
        if streams.isEmpty { busyAt = context.now }
        guard let open = stream.call else { return }
        if open.unconsumed > 0 {
            _ = unsafe nghttp2_session_consume_connection(handle, open.unconsumed)
        }
        if open.call.end() { open.receiver.cancelled() }
    }
}
