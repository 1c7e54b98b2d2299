internal import Platform

/// Ends the wait of a connection from another thread.
public final class WebSocketInterrupt: Sendable {
    let signal: WakeSignal

    /// Makes one.
    ///
    /// - Throws: `HTTPError.system` when the system is out of descriptors.
    public init() throws(HTTPError) {
        do throws(PlatformError) { signal = try WakeSignal() } catch { throw .system(error) }
    }

    /// Ends the wait that a connection is in, or its next one.
    public func interrupt() { signal.wake() }
}

/// A WebSocket that this process opened (RFC 6455), over `ws` or `wss`.
///
/// One thread uses it. It follows no redirects, agrees to no extensions, and looks after itself while it waits: it
/// answers pings, and sends one when nothing has come for a while.
public final class WebSocketConnection {
    /// What the connection waits for and takes at most.
    public struct Limits: Equatable, Sendable {
        /// To be connected.
        public var connectMilliseconds = 5_000
        /// For the answer to the handshake.
        public var handshakeMilliseconds = 5_000
        /// For what is sent to leave.
        public var writeMilliseconds = 10_000
        /// Bytes of the head of the answer.
        public var headBytesMax = 16 << 10
        /// Bytes of a message.
        public var messageBytesMax = 1 << 20
        /// Silence after which a ping is sent.
        public var silenceMilliseconds = 30_000
        /// Silence after a ping, after which the connection counts as lost.
        public var pongMilliseconds = 10_000
        /// A file of certificates to trust instead of the system's roots.
        public var trustedRootsPath: String?

        /// Makes the standard limits.
        public init() {}
    }

    private let url: String
    private let limits: Limits
    private let stream: ByteStream
    private let codec: WebSocketCodec
    private let interrupt: WebSocketInterrupt?
    private let clock = LinuxClock()
    private var waiting: [WebSocketCodec.Message] = []
    private var buffer = [UInt8](repeating: 0, count: 16 << 10)
    /// When something came last, in milliseconds.
    private var heardAt: UInt64
    /// When a ping was sent that nothing has come after.
    private var pingedAt: UInt64?

    /// Opens a WebSocket.
    ///
    /// - Parameters:
    ///   - url: Where, such as `wss://example.org/feed?from=1`.
    ///   - headers: Fields that the request has besides those of the handshake.
    ///   - limits: What is waited for and taken at most.
    ///   - interrupt: Ends waits from another thread.
    /// - Throws: `WebSocketError` when there is no WebSocket.
    public init(
        _ url: String,
        headers: HTTPHeaders = HTTPHeaders(),
        limits: Limits = Limits(),
        interrupt: WebSocketInterrupt? = nil
    ) throws(WebSocketError) {
        let target = try WebSocketHandshake.Target(url)
        stream = try ByteStream(
            target,
            url: url,
            connectMilliseconds: limits.connectMilliseconds,
            trustedRootsPath: limits.trustedRootsPath
        )
        self.url = url
        self.limits = limits
        self.interrupt = interrupt
        codec = WebSocketCodec(role: .client, messageBytesMax: limits.messageBytesMax)
        heardAt = clock.monotonicNanoseconds() / 1_000_000
        let key = WebSocketHandshake.makeKey()
        try write(WebSocketHandshake.request(target, key: key, headers: headers))
        let rest = try shakeHands(key)
        try take(rest[...])
    }

    private var now: UInt64 { clock.monotonicNanoseconds() / 1_000_000 }

    /// Reads the answer to the handshake, and returns what came behind it.
    private func shakeHands(_ key: String) throws(WebSocketError) -> [UInt8] {
        let deadline = now + UInt64(limits.handshakeMilliseconds)
        var head: [UInt8] = []
        while true {
            let count = try stream.read(into: &buffer)
            guard let count else { throw .refused(url: url, reason: "it hung up") }
            head += buffer[..<count]
            if let end = WebSocketHandshake.headEnd(head) {
                if let reason = WebSocketHandshake.refusal(head[..<end], key: key) {
                    throw .refused(url: url, reason: reason)
                }
                return Array(head[end...])
            }
            guard head.count <= limits.headBytesMax else {
                throw .refused(url: url, reason: "a head of too many bytes")
            }
            if count > 0 { continue }
            let left = Int(deadline) - Int(now)
            guard left > 0 else { throw .timedOut(url: url) }
            // The handshake is short and bounded, so it is not interrupted; the first wait for a message is.
            _ = stream.waitToRead(interrupt: nil, milliseconds: left)
        }
    }

    /// Sends a text, and waits until it has left.
    ///
    /// - Throws: `WebSocketError.lost` or `.stalled`.
    public func send(text: String) throws(WebSocketError) {
        codec.send(text: text)
        try flush()
    }

    /// Waits for the next message.
    ///
    /// - Parameter timeoutMilliseconds: How long at most.
    /// - Returns: A text or bytes; none when the time is over or another thread interrupts.
    /// - Throws: `WebSocketError.closed` when the other side closes, `.lost`, `.violated`, `.stalled`, or `.timedOut`
    ///   when it shows no sign of life.
    public func receive(
        timeoutMilliseconds: Int
    ) throws(WebSocketError) -> WebSocketCodec.Message? {
        let deadline = now + UInt64(max(0, timeoutMilliseconds))
        while true {
            if let message = try nextWaiting() { return message }
            guard let count = try stream.read(into: &buffer) else {
                throw .lost(url: url, reason: "it hung up")
            }
            if count > 0 {
                heardAt = now
                pingedAt = nil
                try take(buffer[..<count])
                continue
            }
            let moment = now
            try keepAlive(moment)
            guard moment < deadline else { return nil }
            let nextCheck =
                pingedAt.map { $0 + UInt64(limits.pongMilliseconds) }
                ?? heardAt + UInt64(limits.silenceMilliseconds)
            let end = min(deadline, nextCheck)
            let left = end > moment ? Int(end - moment) : 1
            if stream.waitToRead(interrupt: interrupt?.signal, milliseconds: left)
                == .interrupted
            {
                return nil
            }
        }
    }

    /// Says that this side is done; what comes after it is not read.
    ///
    /// - Throws: `WebSocketError.lost` or `.stalled` when the words do not leave.
    public func close() throws(WebSocketError) {
        codec.close()
        try flush()
    }

    private func nextWaiting() throws(WebSocketError) -> WebSocketCodec.Message? {
        while !waiting.isEmpty {
            let message = waiting.removeFirst()
            switch message {
            case .text, .binary: return message
            case .pong: continue
            case .close(let code, let reason):
                throw .closed(url: url, code: code, reason: reason)
            }
        }
        return nil
    }

    private func keepAlive(_ moment: UInt64) throws(WebSocketError) {
        if let pingedAt {
            guard moment < pingedAt + UInt64(limits.pongMilliseconds) else {
                throw .timedOut(url: url)
            }
        } else if moment >= heardAt + UInt64(limits.silenceMilliseconds) {
            codec.ping()
            try flush()
            pingedAt = moment
        }
    }

    private func take(_ bytes: ArraySlice<UInt8>) throws(WebSocketError) {
        do throws(WebSocketFault) {
            waiting += try codec.receive(bytes)
        } catch {
            // The other side is told as far as it listens; the fault is what the caller must know.
            do throws(WebSocketError) { try flush() } catch {}
            throw .violated(url: url, fault: error)
        }
        if codec.hasOutput { try flush() }
    }

    private func flush() throws(WebSocketError) { try write(codec.takeOutput()) }

    private func write(_ bytes: [UInt8]) throws(WebSocketError) {
        let deadline = now + UInt64(limits.writeMilliseconds)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try stream.write(rest)
            rest = rest.dropFirst(count)
            if count > 0 { continue }
            let left = Int(deadline) - Int(now)
            guard left > 0 else { throw .stalled(url: url) }
            // What can be read meanwhile stays there; waiting for both would return at once.
            stream.waitToWrite(milliseconds: left)
        }
    }
}
