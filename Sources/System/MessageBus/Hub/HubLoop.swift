internal import Cryptography
internal import Platform
internal import TLS

/// The thread that does a hub's input and output.
final class HubLoop {
    private static let listenerTag: UInt64 = 0
    private static let tickMilliseconds: Int32 = 100
    /// Between two looks at the times of all connections, in nanoseconds.
    private static let checkNanoseconds: UInt64 = 50_000_000

    private let core: HubCore
    private let listener: SocketDescriptor
    private let context: TLSContext
    private let clock: any Clock
    private var connections: [UInt64: BusConnection] = [:]
    /// Those that the core knows.
    private var known: Set<UInt64> = []
    private var nextTag: UInt64 = 1
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    private var checksAgain: UInt64 = 0
    private var acceptsAgain: UInt64?

    init(
        _ core: HubCore,
        _ listener: SocketDescriptor,
        _ context: TLSContext,
        _ clock: any Clock
    ) {
        self.core = core
        self.listener = listener
        self.context = context
        self.clock = clock
    }

    func run() {
        do throws(PlatformError) {
            try core.poller.add(listener, tag: Self.listenerTag, reads: true, writes: false)
            while !core.isStopping { try turn() }
            try drain()
        } catch {
            // Without epoll nothing goes on: everybody is told by the end of the connections.
            core.count { $0.lastFailure = error.description }
            core.stop()
        }
        for tag in connections.keys.sorted() { end(tag, .orderly) }
        core.delivery.stop()
    }

    private func turn() throws(PlatformError) {
        let events = try core.poller.wait(milliseconds: Self.tickMilliseconds)
        let now = clock.monotonicNanoseconds()
        for event in events {
            if event.tag == Self.listenerTag {
                try accept(now)
            } else {
                attempt(event.tag) { connection throws(ConnectionEnd) in
                    if event.isReadable { try receive(connection, now) }
                    try connection.flush()
                }
            }
        }
        work()
        try check(now)
    }

    /// Does what other threads, or messages of other connections, have left to do.
    private func work() {
        let work = core.takeWork()
        for (tag, reason) in work.doomed { end(tag, .failed(reason)) }
        for tag in work.waiting {
            attempt(tag) { connection throws(ConnectionEnd) in try connection.flush() }
        }
    }

    private func attempt(
        _ tag: UInt64,
        _ body: (BusConnection) throws(ConnectionEnd) -> Void
    ) {
        guard let connection = connections[tag] else { return }
        do throws(ConnectionEnd) {
            try body(connection)
            try watch(connection)
        } catch {
            end(tag, error)
        }
    }

    private func accept(_ now: UInt64) throws(PlatformError) {
        while true {
            let descriptor: SocketDescriptor
            do throws(PlatformError) {
                guard let next = try SocketEndpoint.accept(listener) else { return }
                descriptor = next
            } catch {
                // Out of descriptors: without this the listener would stay readable and the loop would spin.
                try watchListener(false)
                acceptsAgain = now + 1_000_000_000
                return
            }
            // Closing it at once tells the client more than letting it wait in the kernel's queue.
            guard connections.count < core.limits.connectionCountMax else { continue }
            let session: TLSSession
            do throws(TLSError) {
                session = try TLSSession(context)
            } catch {
                core.count { $0.lastFailure = error.description }
                continue
            }
            let tag = nextTag
            nextTag += 1
            try core.poller.add(descriptor, tag: tag, reads: true, writes: false)
            let connection = BusConnection(descriptor, tag: tag, session, core.limits, now: now)
            connection.watched = (true, false)
            connections[tag] = connection
        }
    }

    private func watchListener(_ reads: Bool) throws(PlatformError) {
        try core.poller.change(listener, tag: Self.listenerTag, reads: reads, writes: false)
    }

    private func receive(_ connection: BusConnection, _ now: UInt64) throws(ConnectionEnd) {
        try connection.receive(into: &buffer, now: now) { frame throws(ConnectionEnd) in
            register(connection)
            try handle(frame, connection)
        }
        register(connection)
    }

    /// Lets a client take part as soon as it has proved its key.
    private func register(_ connection: BusConnection) {
        guard let key = connection.peer, known.insert(connection.tag).inserted else { return }
        core.add(connection, key)
        // The client is told that it was let in, which the handshake does not tell it.
        _ = connection.outgoing.push(.ping(0))
    }

    private func handle(
        _ frame: Frame,
        _ connection: BusConnection
    ) throws(ConnectionEnd) {
        guard let key = connection.peer else { return }
        switch frame {
        case .message, .begin, .part:
            guard let message = try connection.assemble(frame) else { return }
            try pass(message, key, connection)
        case .subscribe(let number, let text):
            let isOwn = text.hasPrefix(Subject.inboxPrefix + Hex.encode(key.bytes) + ".")
            guard let pattern = SubjectPattern(text) else {
                throw .failed("a pattern is not well formed")
            }
            let isAllowed =
                isOwn || text.utf8.first != UInt8(ascii: "_") && core.rules.maySubscribe(key, text)
            if isAllowed, core.setPattern(pattern, number, of: connection.tag) { return }
            core.count { $0.refusedSubscriptionCount += 1 }
            try answer(.denied(number: number), connection)
        case .unsubscribe(let number): _ = core.setPattern(nil, number, of: connection.tag)
        case .ping(let number): try answer(.pong(number), connection)
        case .pong: break
        case .unanswered, .denied: throw .failed("a client sent what only a hub may send")
        }
    }

    private func pass(
        _ message: BusMessage,
        _ key: Ed25519.PublicKey,
        _ connection: BusConnection
    ) throws(ConnectionEnd) {
        guard message.sender == nil else { throw .failed("a client named a sender") }
        var message = message
        message.sender = key
        let own = Subject.inboxPrefix + Hex.encode(key.bytes) + "."
        let mayHear =
            message.replyTo.map { $0.hasPrefix(own) || Subject.isOrdinary($0) } ?? true
        let mayPublish =
            message.subject.hasPrefix(Subject.inboxPrefix)
            || Subject.isOrdinary(message.subject) && core.rules.mayPublish(key, message.subject)
        guard mayHear, mayPublish else {
            core.count { $0.refusedMessageCount += 1 }
            return try answer(.unanswered(.refused, message.head), connection)
        }
        if core.route(message) == 0, message.replyTo != nil {
            try answer(.unanswered(.noResponders, message.head), connection)
        }
    }

    private func answer(
        _ frame: Frame,
        _ connection: BusConnection
    ) throws(ConnectionEnd) {
        guard connection.outgoing.push(frame) else {
            core.count { $0.cutOffCount += 1 }
            throw .failed("it does not take its answers")
        }
    }

    private func watch(_ connection: BusConnection) throws(ConnectionEnd) {
        try connection.watch(on: core.poller, reads: true, writes: connection.wantsWriting)
    }

    private func check(_ now: UInt64) throws(PlatformError) {
        guard now >= checksAgain else { return }
        checksAgain = now + Self.checkNanoseconds
        if let moment = acceptsAgain, moment <= now {
            acceptsAgain = nil
            try watchListener(true)
        }
        for tag in connections.keys.sorted() {
            attempt(tag) { connection throws(ConnectionEnd) in try connection.check(now: now) }
        }
    }

    private func end(_ tag: UInt64, _ reason: ConnectionEnd) {
        guard let connection = connections.removeValue(forKey: tag) else { return }
        let wasKnown = known.remove(tag) != nil
        if wasKnown { core.remove(tag) }
        connection.outgoing.close()
        connection.end()
        core.count { statistics in
            if !wasKnown { statistics.failedHandshakeCount += 1 }
            if case .failed(let text) = reason { statistics.lastFailure = text }
        }
    }

    /// Writes what waits, for a while.
    private func drain() throws(PlatformError) {
        // By the system's clock: nobody advances another one for a hub that is closed.
        let clock = LinuxClock()
        let time = UInt64(core.limits.drainMilliseconds) * 1_000_000
        let deadline = clock.monotonicNanoseconds() + time
        try watchListener(false)
        work()
        while connections.values.contains(where: { $0.isReady && !$0.isFlushed }) {
            if clock.monotonicNanoseconds() >= deadline { return }
            for event in try core.poller.wait(milliseconds: 10) where event.isWritable {
                attempt(event.tag) { connection throws(ConnectionEnd) in try connection.flush() }
            }
        }
    }
}
