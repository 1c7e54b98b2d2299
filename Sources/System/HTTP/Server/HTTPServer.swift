public import Platform
internal import Synchronization
public import TLS

/// A server of HTTP/1.1, HTTP/2, gRPC and WebSockets on one address.
///
/// One thread does all input and output; handlers run on a small pool of threads, or on the same thread if they
/// never wait, and may answer later from any thread. A connection of HTTP/1.1 has one request in work at a time, and
/// the answers leave in the order of the requests. HTTP/2 is spoken over TLS with clients that offer it, and without
/// TLS on this machine alone, with clients that begin with it.
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

    /// Starts a server whose handlers answer when they like.
    ///
    /// - Parameters:
    ///   - address: Where to listen; this machine alone unless said otherwise.
    ///   - tls: Who the server is to its clients; without it nothing is encrypted.
    ///   - limits: What clients may do.
    ///   - execution: Where requests are handed to `handlers.request`.
    ///   - clock: The source of time.
    ///   - handlers: What is done with requests.
    /// - Throws: `HTTPError.system` when the address is taken or the system refuses.
    public init(
        address: SocketAddress = .loopback,
        tls: TLSListener? = nil,
        limits: HTTPLimits = HTTPLimits(),
        execution: Execution = .threads(2),
        clock: any Clock = LinuxClock(),
        handlers: HTTPHandlers
    ) throws(HTTPError) {
        var pools: [WorkerPool] = []
        do throws(PlatformError) {
            let listener = try address.endpoint.listen()
            port = SocketEndpoint.port(of: listener)
            let shared = ReactorShared(try SocketPoller())
            self.shared = shared
            if case .threads(let count) = execution {
                precondition(count > 0, "somebody must run the handlers")
                pools.append(
                    try WorkerPool(threadCount: count, waitingCountMax: limits.waitingCountMax)
                )
            }
            let files = try WorkerPool(threadCount: 1, waitingCountMax: .max)
            pools.append(files)
            let seed = ReactorSeed(
                listener: listener,
                limits: limits,
                clock: clock,
                handlers: handlers,
                pool: execution == .inline ? nil : pools[0],
                files: files,
                shared: shared,
                tls: tls,
                speaksClearHTTP2: address.isLoopback
            )
            let started = try PlatformThread.start(name: "http") { Reactor.run(seed) }
            thread = Mutex(started)
        } catch {
            for pool in pools { pool.stop() }
            throw .system(error)
        }
    }

    /// Starts a server whose handler answers when it returns.
    ///
    /// - Parameters:
    ///   - address: Where to listen; this machine alone unless said otherwise.
    ///   - tls: Who the server is to its clients; without it nothing is encrypted.
    ///   - limits: What clients may do.
    ///   - execution: Where the handler runs.
    ///   - clock: The source of time.
    ///   - handler: Answers requests.
    /// - Throws: `HTTPError.system` when the address is taken or the system refuses.
    public convenience init(
        address: SocketAddress = .loopback,
        tls: TLSListener? = nil,
        limits: HTTPLimits = HTTPLimits(),
        execution: Execution = .threads(2),
        clock: any Clock = LinuxClock(),
        handler: @escaping Handler
    ) throws(HTTPError) {
        try self.init(
            address: address,
            tls: tls,
            limits: limits,
            execution: execution,
            clock: clock,
            handlers: HTTPHandlers { request, responder in responder.respond(handler(request)) }
        )
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

    /// What the server has done and is doing.
    public var statistics: HTTPStatistics { shared.counters.statistics }

    /// Why the server stopped by itself; none while it runs or when it was asked to stop.
    public var failure: HTTPError? { shared.failure }
}
