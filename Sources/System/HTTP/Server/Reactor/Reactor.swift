internal import Platform
internal import Synchronization
internal import TLS

/// The thread that does all input and output of a server.
///
/// In each turn it reads what came, hands out what other threads posted, and then writes once to each connection
/// that anything happened to: many answers and frames leave by one system call.
struct Reactor: ~Copyable {
    private static let listenerTag: UInt64 = 0
    private static let tickMilliseconds: Int32 = 250

    private let seed: ReactorSeed
    private let limits: HTTPLimits
    private let poller: SocketPoller
    private let context: ServerContext
    private var connections = ConnectionTable()
    /// What is to be flushed at the end of this turn.
    private var noted: [Connection] = []
    private var messages: [ReactorMessage] = []
    /// When a server that was asked to stop drops what is left.
    private var drainDeadline: UInt64?
    /// After a failure to accept, when to try again: the system is out of descriptors or memory.
    private var acceptsAgain: UInt64?
    /// When deadlines are looked at next: there is one for each connection, and no need to be exact.
    private var expiresAgain: UInt64 = 0
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    /// Runs until it is asked to stop and all requests in work are answered.
    static func run(_ seed: ReactorSeed) {
        do throws(PlatformError) {
            var reactor = Reactor(seed)
            try reactor.loop()
            reactor.dropAll()
        } catch {
            seed.shared.fail(error)
        }
        seed.pool?.stop()
        seed.files.stop()
    }

    private init(_ seed: ReactorSeed) {
        self.seed = seed
        limits = seed.limits
        poller = seed.shared.poller
        context = ServerContext(seed)
    }

    private mutating func loop() throws(PlatformError) {
        try poller.add(seed.listener, tag: Self.listenerTag, reads: true, writes: false)
        while true {
            let maySleep = seed.shared.prepareToSleep()
            let events = try poller.wait(milliseconds: maySleep ? Self.tickMilliseconds : 0)
            context.readClock()
            for event in events {
                if event.tag == Self.listenerTag { try accept() } else { handle(event) }
            }
            let mustStop = takeMessages()
            if mustStop, drainDeadline == nil { try drain() }
            try flush()
            try expire()
            if let drainDeadline, connections.count == 0 || context.now >= drainDeadline { return }
        }
    }

    private var counters: ServerCounters { seed.shared.counters }

    private mutating func accept() throws(PlatformError) {
        while drainDeadline == nil {
            let accepted: SocketDescriptor?
            do throws(PlatformError) {
                accepted = try SocketEndpoint.accept(seed.listener)
            } catch {
                // Without this the listener would stay readable and the loop would spin.
                try watchListener(false)
                acceptsAgain = context.now &+ 1_000_000_000
                return
            }
            guard let descriptor = accepted else { return }
            // Closing it at once tells the client more than letting it wait in the kernel's queue.
            let address = SocketName.peer(of: descriptor)
            guard connections.count < limits.connectionCountMax,
                connections.count(of: address) < limits.connectionsPerAddressMax
            else {
                counters.refused.add(1, ordering: .relaxed)
                continue
            }
            let channel: TLSChannel?
            do throws(TLSError) {
                channel = try seed.tls?.makeChannel()
            } catch {
                // There is no memory for it; the next one may be luckier.
                continue
            }
            let tag = connections.makeTag()
            try poller.add(descriptor, tag: tag, reads: true, writes: false)
            connections.insert(
                Connection(
                    descriptor,
                    address: address,
                    channel: channel,
                    tag: tag,
                    context: context
                )
            )
            counters.accepted.add(1, ordering: .relaxed)
            counters.connections.store(connections.count, ordering: .relaxed)
        }
    }

    private mutating func handle(_ event: SocketPoller.Event) {
        guard let connection = connections[event.tag] else { return }
        if event.isReadable, connection.read(into: &buffer) == .over { return drop(connection) }
        note(connection)
    }

    /// Hands out what other threads posted; returns whether to stop.
    private mutating func takeMessages() -> Bool {
        let mustStop = seed.shared.take(&messages)
        for message in messages {
            guard let connection = connections[message.connection] else { continue }
            connection.deliver(message)
            note(connection)
        }
        messages.removeAll(keepingCapacity: true)
        return mustStop
    }

    private mutating func note(_ connection: Connection) {
        if connection.isNoted { return }
        connection.isNoted = true
        noted.append(connection)
    }

    private mutating func flush() throws(PlatformError) {
        let noted = noted
        self.noted.removeAll(keepingCapacity: true)
        for connection in noted {
            connection.isNoted = false
            guard connections[connection.tag] === connection else { continue }
            if try connection.flush(poller) == .over { drop(connection) }
        }
    }

    private func watchListener(_ reads: Bool) throws(PlatformError) {
        try poller.change(seed.listener, tag: Self.listenerTag, reads: reads, writes: false)
    }

    private mutating func drop(_ connection: Connection) {
        connections.remove(connection)
        counters.connections.store(connections.count, ordering: .relaxed)
        connection.dropped()
    }

    private mutating func dropAll() {
        for connection in connections.all { drop(connection) }
    }

    /// Closes the listener and every connection that has no request in work.
    private mutating func drain() throws(PlatformError) {
        drainDeadline = context.now &+ limits.drainNanoseconds
        try watchListener(false)
        acceptsAgain = nil
        for connection in connections.all {
            connection.drain()
            note(connection)
        }
    }

    private mutating func expire() throws(PlatformError) {
        guard context.now >= expiresAgain else { return }
        expiresAgain = context.now &+ 50_000_000
        if let moment = acceptsAgain, moment <= context.now {
            acceptsAgain = nil
            try watchListener(true)
        }
        for connection in connections.all {
            guard let deadline = connection.deadline, deadline <= context.now else { continue }
            if connection.expire() == .over { drop(connection) } else { note(connection) }
        }
        try flush()
    }
}

/// What a reactor begins with.
struct ReactorSeed: Sendable {
    let listener: SocketDescriptor
    let limits: HTTPLimits
    let clock: any Clock
    let handlers: HTTPHandlers
    let pool: WorkerPool?
    /// The thread that reads files.
    let files: WorkerPool
    let shared: ReactorShared
    let tls: TLSListener?
    let speaksClearHTTP2: Bool
}
