internal import Synchronization

/// The other side of a WebSocket that the server holds; any thread may use it.
///
/// What is sent waits in a queue with a bound in bytes. A peer whose queue is full is cut off: what was not begun to
/// be written is dropped, and it is told so with code 1013 as far as it listens. So one slow reader costs the others
/// nothing.
public final class WebSocketPeer: Sendable {
    /// What the session is to do.
    struct Work {
        var frames: [ByteChunk]
        /// Set when the peer is to be cut off.
        var isOverfull: Bool
        var closing: (code: UInt16, reason: String)?
    }

    private struct State {
        var frames: [ByteChunk] = []
        var frameBytes = 0
        var isOpen = true
        /// Whether the reactor was told that something waits.
        var isNoted = false
        var isOverfull = false
        var closing: (code: UInt16, reason: String)?
    }

    private let state = Mutex(State())
    /// Bytes that the reactor has taken and the socket has not.
    private let outputBytes = Atomic<Int>(0)
    private let waitingBytesMax: Int
    private let shared: ReactorShared
    private let connection: UInt64

    init(_ shared: ReactorShared, connection: UInt64, waitingBytesMax: Int) {
        self.shared = shared
        self.connection = connection
        self.waitingBytesMax = waitingBytesMax
    }

    /// Whether anything can still be sent.
    public var isOpen: Bool { state.withLock { $0.isOpen } }

    /// Bytes that wait to be written.
    public var waitingBytes: Int {
        state.withLock { $0.frameBytes } + outputBytes.load(ordering: .relaxed)
    }

    /// Sends a frame.
    ///
    /// - Returns: False if the WebSocket is closed, or its queue is full and it is being cut off.
    @discardableResult public func send(_ frame: PreparedFrame) -> Bool {
        let (isTaken, mustNote) = state.withLock { state in
            guard state.isOpen else { return (false, false) }
            let waiting = state.frameBytes + outputBytes.load(ordering: .relaxed)
            if waiting + frame.byteCount <= waitingBytesMax {
                state.frames.append(frame.chunk)
                state.frameBytes += frame.byteCount
            } else {
                state.isOverfull = true
                state.isOpen = false
                state.frames = []
                state.frameBytes = 0
            }
            defer { state.isNoted = true }
            return (state.isOpen, !state.isNoted)
        }
        if mustNote { note() }
        return isTaken
    }

    /// Closes behind what was sent; calling it again does nothing.
    ///
    /// - Parameters:
    ///   - code: 1000, 1001, 1003, 1007 … 1014 or 3000 … 4999 (RFC 6455 §7.4).
    ///   - reason: For people; at most 123 bytes of UTF-8 are sent.
    public func close(code: UInt16 = 1000, reason: String = "") {
        precondition(WebSocketCodec.mayBeSent(code), "a code that may be sent")
        let mustNote = state.withLock { state in
            guard state.isOpen else { return false }
            state.isOpen = false
            state.closing = (code, reason)
            defer { state.isNoted = true }
            return !state.isNoted
        }
        if mustNote { note() }
    }

    /// What came since the last call.
    func takeWork() -> Work {
        state.withLock { state in
            let work = Work(
                frames: state.frames,
                isOverfull: state.isOverfull,
                closing: state.closing
            )
            state.frames = []
            outputBytes.add(state.frameBytes, ordering: .relaxed)
            state.frameBytes = 0
            state.isNoted = false
            state.isOverfull = false
            state.closing = nil
            return work
        }
    }

    /// Notes how much the reactor still has to write.
    func setOutputBytes(_ count: Int) { outputBytes.store(count, ordering: .relaxed) }

    /// Nothing can be sent any more.
    func end() {
        state.withLock { state in
            state.isOpen = false
            state.frames = []
            state.frameBytes = 0
        }
    }

    private func note() {
        shared.post(ReactorMessage(connection: connection, stream: 0, content: .waiting))
    }
}
