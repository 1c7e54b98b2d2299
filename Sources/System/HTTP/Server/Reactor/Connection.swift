internal import Glibc
internal import Platform
internal import TLS

/// One connection: its socket, what is spoken on it, and what waits to be written.
final class Connection {
    /// What became of an attempt.
    enum Outcome {
        /// The connection lives.
        case alive
        /// It is over, and nothing is to be told to the client.
        case over
    }

    private let context: ServerContext
    let tag: UInt64
    /// The client's numeric address.
    let address: String
    private let transport: Transport
    private let output: ConnectionOutput
    private var session: any ConnectionSession
    /// What epoll was told last.
    private var watched = (reads: true, writes: false)
    /// Once the server has closed its side: when to stop waiting for the client to close its own.
    private var lingersUntil: UInt64?
    /// Whether the reactor will flush it at the end of its turn.
    var isNoted = false

    init(
        _ descriptor: SocketDescriptor,
        address: String,
        channel: TLSChannel?,
        tag: UInt64,
        context: ServerContext
    ) {
        self.tag = tag
        self.address = address
        self.context = context
        transport = Transport(descriptor, channel, context)
        output = ConnectionOutput(context)
        let peer = HTTPPeer(address: address)
        // Before a handshake is done this one says nothing, and its patience is the handshake's.
        session = HTTP1Session(connection: tag, peer: peer, output: output)
    }

    var deadline: UInt64? {
        if let lingersUntil { return lingersUntil }
        let written = min(output.deadline ?? .max, transport.deadline ?? .max)
        return min(session.deadline ?? .max, written)
    }

    /// Reads once.
    func read(into buffer: inout [UInt8]) -> Outcome {
        switch transport.descriptor.receive(into: &buffer) {
        case .later: return .alive
        case .broken: return .over
        // The end of the input is seen again and again, so nothing more is asked for.
        case .ended:
            return lingersUntil != nil || session.inputEnded() ? .over : .alive
        case .moved(let count):
            if lingersUntil != nil { return .alive }
            guard let channel = transport.channel else {
                // Between two requests in work nothing is read, so what comes here is wanted.
                session.receive(buffer[..<count])
                changeSession()
                return .alive
            }
            unsafe buffer[..<count].withUnsafeBytes { bytes in unsafe channel.receive(bytes) }
            do throws(TLSError) {
                return try decrypt(channel, &buffer)
            } catch {
                // The client is told why, as far as it listens.
                _ = transport.write(output)
                return .over
            }
        }
    }

    /// Goes on with the handshake, or gives the session what came.
    private func decrypt(
        _ channel: TLSChannel,
        _ buffer: inout [UInt8]
    ) throws(TLSError) -> Outcome {
        if !channel.isReady {
            try channel.handshake()
            guard channel.isReady else { return .alive }
            let peer = HTTPPeer(
                address: address,
                isSecure: true,
                key: channel.peer?.key,
                fingerprint: channel.peer?.fingerprint
            )
            session =
                channel.speaksHTTP2
                ? HTTP2Session(connection: tag, peer: peer, output: output)
                : HTTP1Session(connection: tag, peer: peer, output: output)
        }
        while true {
            let count = try channel.read(into: &buffer)
            if count == 0 { break }
            session.receive(buffer[..<count])
            changeSession()
        }
        return channel.isEnded && session.inputEnded() ? .over : .alive
    }

    /// Gives the session what another thread has for it.
    func deliver(_ message: ReactorMessage) {
        guard lingersUntil == nil else { return }
        session.deliver(message.content, stream: message.stream)
        changeSession()
    }

    /// Writes as far as that goes without waiting, and ends the connection when all is said.
    func flush(_ poller: SocketPoller) throws(PlatformError) -> Outcome {
        guard write() else { return .over }
        if session.isFinished, output.count == 0, !transport.hasWaiting, lingersUntil == nil {
            // Closing with unread input would reset the connection and could destroy the answer on its way.
            guard transport.end() else { return .over }
            lingersUntil = context.now &+ context.limits.lingerNanoseconds
        }
        try watch(poller)
        return .alive
    }

    /// Does what is due now that the deadline is over.
    func expire() -> Outcome {
        if lingersUntil != nil { return .over }
        let written = min(output.deadline ?? .max, transport.deadline ?? .max)
        if written <= context.now { return .over }
        return session.expire() ? .over : .alive
    }

    func drain() {
        if lingersUntil == nil { session.drain() }
    }

    /// The reactor lets go of it.
    func dropped() { session.dropped() }

    /// Goes over to what is spoken after an upgrade.
    private func changeSession() {
        while let successor = session.successor { session = successor }
    }

    /// Writes as much as the socket takes; false if the connection is broken.
    private func write() -> Bool {
        while true {
            let progress = transport.write(output)
            if progress == .broken { return false }
            session.fill()
            changeSession()
            if progress == .later || output.count == 0 { return true }
        }
    }

    private func watch(_ poller: SocketPoller) throws(PlatformError) {
        let wanted = (
            reads: lingersUntil != nil || session.wantsInput,
            writes: output.count > 0 || transport.hasWaiting
        )
        if wanted == watched { return }
        watched = wanted
        let descriptor = transport.descriptor
        try poller.change(descriptor, tag: tag, reads: wanted.reads, writes: wanted.writes)
    }
}

/// The names of sockets.
enum SocketName {
    /// The numeric address of the other side; empty when it is gone.
    static func peer(of descriptor: SocketDescriptor) -> String {
        var storage = sockaddr_storage()
        var count = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard unsafe getpeername(descriptor.number, pointer, &count) == 0 else {
                    return Int32(-1)
                }
                return unsafe getnameinfo(
                    pointer,
                    count,
                    &text,
                    socklen_t(text.count),
                    nil,
                    0,
                    NI_NUMERICHOST
                )
            }
        }
        guard result == 0 else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
