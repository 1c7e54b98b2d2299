internal import Glibc
internal import Platform

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
    private let descriptor: SocketDescriptor
    let tag: UInt64
    private let output: ConnectionOutput
    private var session: any ConnectionSession
    /// What epoll was told last.
    private var watched = (reads: true, writes: false)
    /// Once the server has closed its side: when to stop waiting for the client to close its own.
    private var lingersUntil: UInt64?
    /// Whether the reactor will flush it at the end of its turn.
    var isNoted = false

    init(_ descriptor: SocketDescriptor, tag: UInt64, context: ServerContext) {
        self.descriptor = descriptor
        self.tag = tag
        self.context = context
        output = ConnectionOutput(context)
        let peer = HTTPPeer(address: SocketName.peer(of: descriptor))
        session = HTTP1Session(connection: tag, peer: peer, output: output)
    }

    var deadline: UInt64? {
        if let lingersUntil { return lingersUntil }
        guard let deadline = session.deadline else { return output.deadline }
        return min(deadline, output.deadline ?? .max)
    }

    /// Reads once.
    func read(into buffer: inout [UInt8]) -> Outcome {
        switch descriptor.receive(into: &buffer) {
        case .later: return .alive
        case .broken: return .over
        // The end of the input is seen again and again, so nothing more is asked for.
        case .ended:
            return lingersUntil != nil || session.inputEnded() ? .over : .alive
        case .moved(let count):
            // Between two requests in work nothing is read, so what comes here is wanted.
            if lingersUntil == nil {
                session.receive(buffer[..<count])
                changeSession()
            }
            return .alive
        }
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
        if session.isFinished, output.count == 0, lingersUntil == nil {
            // Closing with unread input would reset the connection and could destroy the answer on its way.
            guard descriptor.endOutput() else { return .over }
            lingersUntil = context.now &+ context.limits.lingerNanoseconds
        }
        try watch(poller)
        return .alive
    }

    /// Does what is due now that the deadline is over.
    func expire() -> Outcome {
        if lingersUntil != nil { return .over }
        if let deadline = output.deadline, deadline <= context.now { return .over }
        return session.expire() ? .over : .alive
    }

    func drain() {
        if lingersUntil == nil { session.drain() }
    }

    /// The reactor lets go of it.
    func dropped() {
        session.dropped()
    }

    /// Goes over to what is spoken after an upgrade.
    private func changeSession() {
        while let successor = session.successor { session = successor }
    }

    /// Writes as much as the socket takes; false if the connection is broken.
    private func write() -> Bool {
        while true {
            while output.count > 0 {
                let count = output.queue.write(to: descriptor.number)
                if count < 0 {
                    if errno == EINTR { continue }
                    let code = errno
                    session.fill()
                    changeSession()
                    return code == EAGAIN
                }
                output.consume(count)
            }
            session.fill()
            changeSession()
            if output.count == 0 { return true }
        }
    }

    private func watch(_ poller: SocketPoller) throws(PlatformError) {
        let wanted = (
            reads: lingersUntil != nil || session.wantsInput,
            writes: output.count > 0
        )
        if wanted == watched { return }
        watched = wanted
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
