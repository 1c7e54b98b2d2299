public import Platform
internal import Synchronization

/// A server of HTTP/1.1 on one address.
///
/// One thread does all input and output; handlers run on a small pool of threads, or on the same thread if they
/// never wait. A connection has one request in work at a time, and the answers leave in the order of the
/// requests.
public final class HTTPServer: Sendable {
    /// Answers one request; it may be called by several threads at once.
    public typealias Handler = @Sendable (HTTPRequest) -> HTTPResponse

    /// Where handlers run.
    public enum Execution: Equatable, Sendable {
        /// On the thread of the server: for handlers that never wait.
        case inline
        /// On that many threads of their own.
        case threads(Int)
    }

    /// The port that the server listens on.
    public let port: UInt16
    private let shared: ReactorShared
    private let thread: Mutex<PlatformThread?>

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - address: Where to listen; this machine alone unless said otherwise.
    ///   - limits: What clients may do.
    ///   - execution: Where handlers run.
    ///   - clock: The source of time.
    ///   - handler: Answers requests.
    /// - Throws: `HTTPError.system` when the address is taken or the system refuses.
    public init(
        address: SocketAddress = .loopback,
        limits: HTTPLimits = HTTPLimits(),
        execution: Execution = .threads(2),
        clock: any Clock = LinuxClock(),
        handler: @escaping Handler
    ) throws(HTTPError) {
        var pool: WorkerPool?
        do throws(PlatformError) {
            let listener = try address.endpoint.listen()
            port = SocketEndpoint.port(of: listener)
            let shared = ReactorShared(try SocketPoller())
            self.shared = shared
            if case .threads(let count) = execution {
                precondition(count > 0, "somebody must run the handlers")
                pool = try WorkerPool(threadCount: count, waitingCountMax: limits.waitingCountMax)
            }
            let seed = ReactorSeed(
                listener: listener,
                limits: limits,
                clock: clock,
                handler: handler,
                pool: pool,
                shared: shared
            )
            let started = try PlatformThread.start(name: "http") { Reactor.run(seed) }
            thread = Mutex(started)
        } catch {
            pool?.stop()
            throw .system(error)
        }
    }

    deinit { stop() }

    /// Takes no more connections, and waits until requests in work are answered or their time is over.
    ///
    /// Calling it again does nothing.
    public func stop() {
        shared.requestStop()
        let thread = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        thread?.join()
    }

    /// Why the server stopped by itself; none while it runs or when it was asked to stop.
    public var failure: HTTPError? { shared.failure }
}

/// What the reactor and the other threads share.
final class ReactorShared: Sendable {
    struct State {
        var finished: [(connection: UInt64, response: HTTPResponse)] = []
        var mustStop = false
        var failure: HTTPError?
    }

    let poller: SocketPoller
    private let state = Mutex(State())

    init(_ poller: SocketPoller) { self.poller = poller }

    var failure: HTTPError? { state.withLock { $0.failure } }

    func requestStop() {
        state.withLock { $0.mustStop = true }
        poller.wake()
    }

    func fail(_ error: PlatformError) { state.withLock { $0.failure = .system(error) } }

    func finish(_ connection: UInt64, _ response: HTTPResponse) {
        state.withLock { $0.finished.append((connection, response)) }
        poller.wake()
    }

    /// What was finished since the last call, and whether to stop.
    func take() -> (finished: [(connection: UInt64, response: HTTPResponse)], mustStop: Bool) {
        state.withLock { state in
            defer { state.finished = [] }
            return (state.finished, state.mustStop)
        }
    }
}

/// What a reactor begins with.
struct ReactorSeed: Sendable {
    let listener: SocketDescriptor
    let limits: HTTPLimits
    let clock: any Clock
    let handler: HTTPServer.Handler
    let pool: WorkerPool?
    let shared: ReactorShared
}
