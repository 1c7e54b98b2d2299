internal import Cryptography
internal import Platform
internal import TLS

/// Why a connection ended.
enum ConnectionEnd: Error, Equatable {
    /// The other side ended it in order.
    case orderly
    /// It broke, or the other side said what it must not; the text is for people.
    case failed(String)
}

/// One connection of the thread that does a bus's input and output: TLS, frames and what waits.
final class BusConnection {
    let descriptor: SocketDescriptor
    let tag: UInt64
    let outgoing: OutgoingQueue
    /// Who the other side is; none before the handshake is done.
    var peer: Ed25519.PublicKey? { session.peer }
    /// What epoll was told last.
    var watched: (reads: Bool, writes: Bool)
    /// Whether nothing is read at the moment, because there is no room for it.
    var isPaused = false
    /// Whether all that waits could not be written yet.
    private(set) var wantsWriting = false
    private let session: TLSSession
    private let limits: BusLimits
    private var reader = FrameReader()
    /// The message whose parts are coming.
    private var assembly: BusMessage?
    private var missing = 0
    private var lastHeard: UInt64
    private var hasAsked = false
    private let deadline: UInt64
    /// What is on its way into the socket.
    private var wire = [UInt8](repeating: 0, count: 64 << 10)
    private var unsent = 0..<0

    /// Reading stops after so many bytes, so that one busy peer does not keep the others waiting.
    private static let bytesPerTurn = 1 << 20

    init(
        _ descriptor: SocketDescriptor,
        tag: UInt64,
        _ session: TLSSession,
        _ limits: BusLimits,
        now: UInt64
    ) {
        self.descriptor = descriptor
        self.tag = tag
        self.session = session
        self.limits = limits
        outgoing = OutgoingQueue(limits)
        watched = (true, true)
        lastHeard = now
        deadline = now + UInt64(limits.handshakeMilliseconds) * 1_000_000
    }

    var isReady: Bool { session.isReady }

    /// Tells epoll what to watch for, if that has changed.
    func watch(on poller: SocketPoller, reads: Bool, writes: Bool) throws(ConnectionEnd) {
        if watched == (reads, writes) { return }
        watched = (reads, writes)
        do throws(PlatformError) {
            try poller.change(descriptor, tag: tag, reads: reads, writes: writes)
        } catch {
            throw .failed(error.description)
        }
    }

    /// Reads what there is and gives the frames in it.
    ///
    /// - Parameters:
    ///   - buffer: Room for the work.
    ///   - now: The moment, in monotonic nanoseconds.
    ///   - handle: Receives every frame.
    /// - Throws: The end of the connection.
    func receive(
        into buffer: inout [UInt8],
        now: UInt64,
        _ handle: (Frame) throws(ConnectionEnd) -> Void
    ) throws(ConnectionEnd) {
        var count = 0
        while count < Self.bytesPerTurn {
            switch descriptor.receive(into: &buffer) {
            case .later: return
            case .ended: throw .failed("the connection was cut")
            case .broken: throw .failed("the connection was reset")
            case .moved(let more):
                count += more
                lastHeard = now
                hasAsked = false
                session.receive(buffer, count: more)
                try process(&buffer, handle)
            }
        }
    }

    private func process(
        _ buffer: inout [UInt8],
        _ handle: (Frame) throws(ConnectionEnd) -> Void
    ) throws(ConnectionEnd) {
        do throws(TLSError) {
            try session.handshake()
            guard session.isReady else { return }
        } catch {
            throw .failed(error.description)
        }
        while true {
            let count: Int
            do throws(TLSError) {
                count = try session.read(into: &buffer)
            } catch {
                throw .failed(error.description)
            }
            if count == 0 { break }
            reader.append(buffer, count: count)
            while let frame = try nextFrame() { try handle(frame) }
        }
        // Answers to key updates are the only output that the other side could make grow without bound.
        guard session.outputCount <= 1 << 20 else { throw .failed("too many key updates") }
        if session.isEnded { throw .orderly }
    }

    private func nextFrame() throws(ConnectionEnd) -> Frame? {
        do throws(Frame.Fault) {
            return try reader.next()
        } catch {
            throw .failed("what came is no frame of this protocol")
        }
    }

    /// Puts the parts of a large message together.
    ///
    /// - Returns: The message when its last part came.
    func assemble(_ frame: Frame) throws(ConnectionEnd) -> BusMessage? {
        switch frame {
        case .message(let head, let payload): return BusMessage(head, payload: payload)
        case .begin(let head, let count):
            guard assembly == nil else { throw .failed("two large messages at once") }
            guard BusLimits.pieceBytesMax + 1...limits.payloadBytesMax ~= count else {
                throw .failed("a message is larger than allowed")
            }
            // Memory is taken as the parts come, not on the word of the other side.
            assembly = BusMessage(head, payload: [])
            missing = count
            return nil
        case .part(let bytes):
            guard assembly != nil, bytes.count <= missing else {
                throw .failed("a part without a beginning")
            }
            assembly?.payload += bytes
            missing -= bytes.count
            guard missing == 0 else { return nil }
            defer { assembly = nil }
            return assembly
        default: return nil
        }
    }

    /// Writes some of what waits, as far as the socket takes it.
    ///
    /// What is left is written when the others had their turn: epoll says again that there is room.
    func flush() throws(ConnectionEnd) {
        guard try send() else { return }
        do throws(TLSError) {
            try fill()
        } catch {
            throw .failed(error.description)
        }
        guard try send() else { return }
        wantsWriting = isReady && !outgoing.isEmpty
    }

    /// Writes what is encrypted already; false if the socket has no room for all of it.
    private func send() throws(ConnectionEnd) -> Bool {
        while true {
            if unsent.isEmpty { unsent = 0..<session.takeOutput(into: &wire) }
            wantsWriting = !unsent.isEmpty
            if unsent.isEmpty { return true }
            switch descriptor.send(wire, unsent) {
            case .moved(let count): unsent = unsent.lowerBound + count..<unsent.upperBound
            case .later: return false
            case .ended, .broken: throw .failed("the connection was reset")
            }
        }
    }

    /// Encrypts about as much of what waits as goes into the socket at once.
    private func fill() throws(TLSError) {
        // A client speaks first.
        try session.handshake()
        guard session.isReady else { return }
        var record: [UInt8] = []
        record.reserveCapacity(2 * Frame.bytesMax)
        while session.outputCount < wire.count / 2, outgoing.take(into: &record) {
            try session.write(record)
            record.removeAll(keepingCapacity: true)
        }
    }

    /// Looks at the time: asks the other side whether it is there, or gives it up.
    func check(now: UInt64) throws(ConnectionEnd) {
        guard isReady else {
            if now >= deadline { throw .failed("the handshake took too long") }
            return
        }
        // What waits in the kernel while nothing is read would be heard.
        if isPaused { lastHeard = now }
        let silence = now > lastHeard ? now - lastHeard : 0
        if silence >= UInt64(limits.silenceMilliseconds) * 1_000_000 {
            throw .failed("the other side is silent")
        }
        if silence >= UInt64(limits.pingMilliseconds) * 1_000_000, !hasAsked {
            hasAsked = true
            _ = outgoing.push(.ping(0))
            try flush()
        }
    }

    /// Tells the other side that this one ends the connection, or why it refuses it, as far as there is room.
    func end() {
        session.end()
        do throws(ConnectionEnd) {
            if try send() { descriptor.endOutput() }
        } catch {
            // It is at its end either way.
        }
    }

    /// Whether everything that waited was written.
    var isFlushed: Bool { unsent.isEmpty && outgoing.isEmpty && session.outputCount == 0 }
}

extension BusMessage {
    init(_ head: Frame.Head, payload: [UInt8]) {
        self.init(
            subject: head.subject,
            replyTo: head.replyTo,
            payload: payload,
            sender: head.sender
        )
    }
}
