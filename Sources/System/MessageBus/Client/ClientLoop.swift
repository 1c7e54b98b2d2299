internal import Platform
internal import TLS

/// The thread that does a client's input and output.
final class ClientLoop {
    private static let tickMilliseconds: Int32 = 100
    private static let checkNanoseconds: UInt64 = 50_000_000

    private let core: ClientCore
    private let endpoint: SocketEndpoint
    private let context: TLSContext
    private let clock: any Clock
    private let random: @Sendable () -> UInt64
    private var connection: BusConnection?
    private var isConnecting = false
    private var isLetIn = false
    private var nextTag: UInt64 = 1
    private var failureCount = 0
    private var connectsAgain: UInt64 = 0
    private var checksAgain: UInt64 = 0
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    init(
        _ core: ClientCore,
        _ endpoint: SocketEndpoint,
        _ context: TLSContext,
        _ clock: any Clock,
        _ random: @escaping @Sendable () -> UInt64
    ) {
        self.core = core
        self.endpoint = endpoint
        self.context = context
        self.clock = clock
        self.random = random
    }

    func run() {
        do throws(PlatformError) {
            while !core.isStopping { try turn() }
            try drain()
        } catch {
            end(.failed(error.description))
            core.stop()
        }
        end(.orderly)
        core.delivery.stop()
    }

    private func turn() throws(PlatformError) {
        let now = clock.monotonicNanoseconds()
        if connection == nil, now >= connectsAgain { connect(now) }
        let events = try core.poller.wait(milliseconds: waitMilliseconds(now))
        core.beginTurn()
        let later = clock.monotonicNanoseconds()
        attempt { connection throws(ConnectionEnd) in
            for event in events where event.tag == connection.tag {
                if isConnecting { try finishConnecting(connection) }
                guard event.isReadable else { continue }
                // While nothing is watched for, only the end of the connection is told.
                if connection.isPaused { throw .failed("the connection was reset") }
                try receive(connection, later)
            }
            if !isConnecting { try connection.flush() }
            if later >= checksAgain {
                checksAgain = later + Self.checkNanoseconds
                try connection.check(now: later)
            }
        }
    }

    private func waitMilliseconds(_ now: UInt64) -> Int32 {
        guard connection == nil, connectsAgain > now else { return Self.tickMilliseconds }
        return Int32(min((connectsAgain - now) / 1_000_000 + 1, UInt64(Self.tickMilliseconds)))
    }

    private func connect(_ now: UInt64) {
        do throws(PlatformError) {
            let descriptor = try endpoint.connect()
            let tag = nextTag
            nextTag += 1
            let session: TLSSession
            do throws(TLSError) {
                session = try TLSSession(context)
            } catch {
                return failed(.failed(error.description))
            }
            try core.poller.add(descriptor, tag: tag, reads: true, writes: true)
            connection = BusConnection(descriptor, tag: tag, session, core.limits, now: now)
            isConnecting = true
            isLetIn = false
        } catch {
            failed(.failed(error.description))
        }
    }

    private func finishConnecting(_ connection: BusConnection) throws(ConnectionEnd) {
        let code = connection.descriptor.connectionError()
        guard code == 0 else {
            let error = PlatformError.failed(.connect, path: endpoint.text, code: code)
            throw .failed(error.description)
        }
        isConnecting = false
    }

    private func receive(_ connection: BusConnection, _ now: UInt64) throws(ConnectionEnd) {
        try connection.receive(into: &buffer, now: now) { frame throws(ConnectionEnd) in
            // The first thing that a hub says to whom it lets in is a ping.
            if !isLetIn {
                isLetIn = true
                failureCount = 0
                core.connected(connection.outgoing)
            }
            try handle(frame, connection)
        }
    }

    private func handle(
        _ frame: Frame,
        _ connection: BusConnection
    ) throws(ConnectionEnd) {
        switch frame {
        case .message, .begin, .part:
            if let message = try connection.assemble(frame) { core.receive(message) }
        case .ping(let number):
            guard connection.outgoing.push(.pong(number)) else {
                throw .failed("the hub does not take its answers")
            }
        case .pong(let number): core.pong(number)
        case .unanswered(let reason, let head): core.unanswered(reason, head)
        case .denied(let number): core.denied(number)
        case .subscribe, .unsubscribe: throw .failed("a hub sent what only a client may send")
        }
    }

    private func attempt(_ body: (BusConnection) throws(ConnectionEnd) -> Void) {
        guard let connection else { return }
        do throws(ConnectionEnd) {
            try body(connection)
            connection.isPaused = core.delivery.isNearlyFull()
            try watch(connection)
        } catch {
            end(error)
        }
    }

    private func watch(_ connection: BusConnection) throws(ConnectionEnd) {
        try connection.watch(
            on: core.poller,
            reads: !connection.isPaused,
            writes: isConnecting || connection.wantsWriting
        )
    }

    private func end(_ reason: ConnectionEnd) {
        guard let ended = connection else { return }
        connection = nil
        isConnecting = false
        ended.outgoing.close()
        ended.end()
        failed(reason)
    }

    private func failed(_ reason: ConnectionEnd) {
        core.disconnected(reason)
        let wait = core.limits.reconnectMilliseconds(failureCount: failureCount, random())
        failureCount += 1
        connectsAgain = clock.monotonicNanoseconds() + UInt64(wait) * 1_000_000
    }

    /// Writes what waits, for a while.
    private func drain() throws(PlatformError) {
        // By the system's clock: nobody advances another one for a client that is closed.
        let clock = LinuxClock()
        let time = UInt64(core.limits.drainMilliseconds) * 1_000_000
        let deadline = clock.monotonicNanoseconds() + time
        while let connection, connection.isReady {
            attempt { connection throws(ConnectionEnd) in try connection.flush() }
            guard self.connection != nil, !connection.isFlushed else { return }
            if clock.monotonicNanoseconds() >= deadline { return }
            _ = try core.poller.wait(milliseconds: 10)
        }
    }
}
