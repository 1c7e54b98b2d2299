internal import Platform

/// The thread that does all input and output of a server.
struct Reactor: ~Copyable {
    /// One connection.
    private final class Connection {
        let descriptor: SocketDescriptor
        let tag: UInt64
        var session: HTTP1Session
        /// What epoll was told last.
        var watched = (reads: true, writes: false)
        /// Once the server has closed its side: when to stop waiting for the client to close its own.
        var lingersUntil: UInt64?

        init(_ descriptor: SocketDescriptor, tag: UInt64, session: HTTP1Session) {
            self.descriptor = descriptor
            self.tag = tag
            self.session = session
        }

        var deadline: UInt64? { lingersUntil ?? session.deadline }
    }

    private static let listenerTag: UInt64 = 0
    private static let tickMilliseconds: Int32 = 250

    private let seed: ReactorSeed
    private let limits: HTTPLimits
    private let poller: SocketPoller
    private var connections: [UInt64: Connection] = [:]
    private var nextTag: UInt64 = 1
    /// When a server that was asked to stop drops what is left.
    private var drainDeadline: UInt64?
    /// After a failure to accept, when to try again: the system is out of descriptors or memory.
    private var acceptsAgain: UInt64?
    /// When deadlines are looked at next: there is one for each connection, and no need to be exact.
    private var expiresAgain: UInt64 = 0
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    private var dateSecond: UInt64 = 0
    private var dateText = ""

    /// Runs until it is asked to stop and all requests in work are answered.
    static func run(_ seed: ReactorSeed) {
        do throws(PlatformError) {
            var reactor = Reactor(seed)
            try reactor.loop()
        } catch {
            seed.shared.fail(error)
        }
        seed.pool?.stop()
    }

    private init(_ seed: ReactorSeed) {
        self.seed = seed
        limits = seed.limits
        poller = seed.shared.poller
    }

    private mutating func loop() throws(PlatformError) {
        try poller.add(seed.listener, tag: Self.listenerTag, reads: true, writes: false)
        while true {
            let events = try poller.wait(milliseconds: Self.tickMilliseconds)
            let now = seed.clock.monotonicNanoseconds()
            for event in events {
                if event.tag == Self.listenerTag {
                    try accept(now)
                } else {
                    try handle(event, now)
                }
            }
            let (finished, mustStop) = seed.shared.take()
            for (tag, response) in finished {
                guard let connection = connections[tag] else { continue }
                connection.session.respond(response, date: date(), now: now)
                try advance(connection, now)
            }
            if mustStop, drainDeadline == nil { try drain(now) }
            try expire(now)
            if let drainDeadline, connections.isEmpty || now >= drainDeadline { return }
        }
    }

    private mutating func accept(_ now: UInt64) throws(PlatformError) {
        while drainDeadline == nil {
            let accepted: SocketDescriptor?
            do throws(PlatformError) {
                accepted = try SocketEndpoint.accept(seed.listener)
            } catch {
                // Without this the listener would stay readable and the loop would spin.
                try watchListener(false)
                acceptsAgain = now &+ 1_000_000_000
                return
            }
            guard let descriptor = accepted else { return }
            // Closing it at once tells the client more than letting it wait in the kernel's queue.
            guard connections.count < limits.connectionCountMax else { continue }
            let tag = nextTag
            nextTag += 1
            try poller.add(descriptor, tag: tag, reads: true, writes: false)
            connections[tag] = Connection(
                descriptor,
                tag: tag,
                session: HTTP1Session(limits: limits, now: now)
            )
        }
    }

    private mutating func handle(_ event: SocketPoller.Event, _ now: UInt64) throws(PlatformError) {
        guard let connection = connections[event.tag] else { return }
        if event.isReadable {
            guard read(connection) else { return drop(connection) }
        }
        try advance(connection, now)
    }

    /// Reads once; false if the connection is to be dropped.
    private mutating func read(_ connection: Connection) -> Bool {
        switch connection.descriptor.receive(into: &buffer) {
        case .later: return true
        case .broken: return false
        // The end of the input is seen again and again, so nothing more is asked for.
        case .ended: return connection.lingersUntil == nil && !connection.session.inputEnded()
        case .moved(let count):
            // Between two requests in work nothing is read, so what comes here is wanted.
            if connection.lingersUntil == nil { connection.session.receive(buffer[..<count]) }
            return true
        }
    }

    /// Takes requests, runs handlers and writes, as far as all that goes without waiting.
    private mutating func advance(_ connection: Connection, _ now: UInt64) throws(PlatformError) {
        while connection.lingersUntil == nil, let request = connection.session.next(now: now) {
            let tag = connection.tag
            guard let pool = seed.pool else {
                connection.session.respond(seed.handler(request), date: date(), now: now)
                continue
            }
            let isTaken = pool.submit { [handler = seed.handler, shared = seed.shared] in
                shared.finish(tag, handler(request))
            }
            if !isTaken {
                let busy = HTTPResponse.text(503, "busy", ["Retry-After": "1"])
                connection.session.respond(busy, date: date(), now: now)
            }
        }
        guard write(connection) else { return drop(connection) }
        if connection.session.isFinished, connection.lingersUntil == nil {
            // Closing with unread input would reset the connection and could destroy the answer on its way.
            guard connection.descriptor.endOutput() else { return drop(connection) }
            connection.lingersUntil = now &+ limits.lingerNanoseconds
        }
        try watch(connection)
    }

    /// Writes as much as the socket takes; false if the connection is broken.
    private func write(_ connection: Connection) -> Bool {
        while connection.session.outputSent < connection.session.output.count {
            let output = connection.session.output
            let rest = connection.session.outputSent..<output.count
            switch connection.descriptor.send(output, rest) {
            case .moved(let count): connection.session.sent(count)
            case .later: return true
            case .ended, .broken: return false
            }
        }
        return true
    }

    private func watch(_ connection: Connection) throws(PlatformError) {
        let wanted = (
            reads: connection.lingersUntil != nil || connection.session.wantsInput,
            writes: !connection.session.output.isEmpty
        )
        if wanted == connection.watched { return }
        connection.watched = wanted
        try poller.change(
            connection.descriptor,
            tag: connection.tag,
            reads: wanted.reads,
            writes: wanted.writes
        )
    }

    private func watchListener(_ reads: Bool) throws(PlatformError) {
        try poller.change(seed.listener, tag: Self.listenerTag, reads: reads, writes: false)
    }

    private mutating func drop(_ connection: Connection) { connections[connection.tag] = nil }

    /// Closes the listener and every connection that has no request in work.
    private mutating func drain(_ now: UInt64) throws(PlatformError) {
        drainDeadline = now &+ limits.drainNanoseconds
        try watchListener(false)
        acceptsAgain = nil
        for connection in Array(connections.values) {
            connection.session.drain()
            try advance(connection, now)
        }
    }

    private mutating func expire(_ now: UInt64) throws(PlatformError) {
        guard now >= expiresAgain else { return }
        expiresAgain = now &+ 50_000_000
        if let moment = acceptsAgain, moment <= now {
            acceptsAgain = nil
            try watchListener(true)
        }
        for connection in Array(connections.values) {
            guard let deadline = connection.deadline, deadline <= now else { continue }
            if connection.lingersUntil != nil || connection.session.expire(now: now) {
                drop(connection)
            } else {
                try advance(connection, now)
            }
        }
    }

    /// The date for the head of an answer, made once a second.
    private mutating func date() -> String {
        let second = seed.clock.wallNanoseconds() / 1_000_000_000
        if second != dateSecond || dateText.isEmpty {
            dateSecond = second
            dateText = HTTPDate.text(seconds: second)
        }
        return dateText
    }
}
