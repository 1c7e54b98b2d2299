public import Access
public import Follower
public import HTTP
public import LedgerStore
public import MarketData
public import Platform
internal import Primitives
public import Sequencer
internal import Synchronization

/// What a gateway works with; whoever wires the venue makes it.
public struct GatewayParts: Sendable {
    /// What the venue is called.
    public var venue: String
    /// Symbols and decimals.
    public var listing: Listing
    /// The venue.
    public var sequencer: Sequencer
    /// The door to it.
    public var gate: CommandGate
    /// Who is there.
    public var access: Access
    /// Books, tickers, candles, trades.
    public var market: MarketData
    /// Balances, orders, contracts of the past.
    public var store: any LedgerStore
    /// Which named orders were placed.
    public var keys: OrderKeys
    /// Deposits and withdrawals.
    public var transfers: TransferDesk
    /// Sessions that want their orders cancelled when they end.
    public var guards: SessionGuards
    /// The transparency log, if the venue keeps one.
    public var log: LogDesk?
    /// Answers for paths that no route has: the files of the terminal; none if there are none.
    public var pages: (@Sendable (HTTPRequest) -> HTTPResponse?)?
    /// Pages of these origins may open WebSockets, besides the venue's own.
    public var origins: [String] = []
    /// Makes a read across tenants known before it happens: durably, in the log, and as an event.
    public var recordCrossTenant: @Sendable (CrossTenantRead) throws(LedgerStoreError) -> Void =
        { _ throws(LedgerStoreError) in throw .auditFailed("nobody keeps the record") }
    /// How much one user may do.
    public var userLimiter: RateLimiter
    /// How much may come from one address without saying who it is.
    public var addressLimiter: RateLimiter
    /// The time of the day.
    public var clock: any Clock = LinuxClock()
    /// Whether members may give themselves test funds.
    public var hasTestFunds = false
    /// What projections there are, for readiness and metrics, by name.
    public var followers: [(name: String, progress: @Sendable () -> Follower.Progress)] = []

    /// Collects the parts that every gateway has.
    public init(
        venue: String,
        listing: Listing,
        sequencer: Sequencer,
        gate: CommandGate,
        access: Access,
        market: MarketData,
        store: any LedgerStore,
        keys: OrderKeys,
        transfers: TransferDesk,
        guards: SessionGuards,
        userLimiter: RateLimiter,
        addressLimiter: RateLimiter
    ) {
        self.venue = venue
        self.listing = listing
        self.sequencer = sequencer
        self.gate = gate
        self.access = access
        self.market = market
        self.store = store
        self.keys = keys
        self.transfers = transfers
        self.guards = guards
        self.userLimiter = userLimiter
        self.addressLimiter = addressLimiter
    }
}

/// The way in and out of a venue: REST, WebSocket and gRPC.
///
/// It authenticates, limits, parses and answers, and never touches the venue's state: what changes something is a
/// command, and the answer leaves when that is durable.
public final class Gateway: Sendable {
    let parts: GatewayParts
    let desk: OrderDesk
    let channels: MarketChannels<PreparedFrame>
    let sessions: SessionPool
    let workers = Workers()
    /// What places, changes and cancels in calls, and what only reads.
    let tradeLane = CallLane()
    let readLane = CallLane()
    let callChannels: MarketChannels<GRPCMessage>
    let metrics = GatewayMetrics()
    private let router: Router
    private let isDraining = Atomic<Bool>(false)

    /// Every path and method.
    public static let routes: [Route] =
        accessRoutes + keyRoutes + orderRoutes + accountRoutes + transferRoutes + marketRoutes
        + venueRoutes
        + operatorRoutes

    /// Makes a gateway; it works as soon as its handlers are given to a server.
    public init(_ parts: GatewayParts) {
        self.parts = parts
        desk = OrderDesk(parts)
        let (workers, metrics, access) = (workers, metrics, parts.access)
        sessions = SessionPool(minutely: {
            workers.run { Self.rememberUses(access, metrics) }
        })
        let json = parts.market.json
        channels = MarketChannels(parts.market) { message in
            PreparedFrame(text: json.bytes(message))
        }
        let events = MarketEvents(parts.listing)
        callChannels = MarketChannels(parts.market) { message in events.message(message) }
        router = Router(Self.routes)
    }

    /// What a server is to do with requests.
    public var handlers: HTTPHandlers {
        HTTPHandlers(
            request: { request, responder in self.take(request, responder) },
            webSocket: { request in self.upgrade(request) },
            grpc: calls
        )
    }

    /// From now on `/readyz` says no, new WebSockets and calls are refused, and streams of calls end; what is in work
    /// goes on.
    public func drain() {
        isDraining.store(true, ordering: .sequentiallyConsistent)
        for lane in [tradeLane, readLane] { lane.endCalls() }
    }

    /// Ends what the gateway has begun itself; to be called after the server was stopped.
    public func stop() {
        sessions.stop()
        for lane in [tradeLane, readLane] { lane.stop() }
        Self.rememberUses(parts.access, metrics)
        workers.stop()
    }

    /// Writes down when API keys were used last; to be called now and then, where a wait for the disk is allowed.
    private static func rememberUses(_ access: Access, _ metrics: GatewayMetrics) {
        do throws(AccessError) { try access.rememberUses() } catch {
            // Nothing depends on it: the list of keys shows an older time.
            metrics.unremembered.wrappingAdd(1, ordering: .relaxed)
        }
    }

    /// The time of the day.
    var now: Timestamp { Timestamp(parts.clock.wallNanoseconds()) }

    /// Whether a stop has begun.
    var drains: Bool { isDraining.load(ordering: .relaxed) }

    // MARK: Requests

    private func take(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let trace = TraceContext(parent: request.headers["traceparent"])
        let metrics = metrics
        let traced = responder.transforming { response in
            metrics.count(response.status)
            var headers = response.headers
            headers.add("traceparent", trace.header)
            headers.add("X-Request-Id", trace.span)
            return response.with(headers)
        }
        do throws(APIError) {
            try route(request, traced, trace)
        } catch {
            traced.respond(error.response)
        }
    }

    private func route(
        _ request: HTTPRequest,
        _ responder: HTTPResponder,
        _ trace: TraceContext
    ) throws(APIError) {
        let method = request.method == "HEAD" ? "GET" : request.method
        switch router.find(method, request.path) {
        case .route(let route, let parameters):
            let caller = try admit(request, route.action)
            let exchange = Exchange(
                request: request,
                parameters: parameters,
                caller: caller,
                trace: trace,
                responder: responder
            )
            try route.handler(self, exchange)
        case .otherMethods(let allowed):
            let list = allowed.joined(separator: ", ")
            let error = APIError(.methodNotAllowed, "use \(list)")
            var headers = error.response.headers
            headers.add("Allow", list)
            responder.respond(error.response.with(headers))
        case .nothing:
            if let page = parts.pages?(request) { return responder.respondOnce(page) }
            throw APIError(.notFound, "nothing here")
        }
    }

    /// Establishes who asks, and whether they may: the one place where that happens for REST.
    private func admit(
        _ request: HTTPRequest,
        _ action: AccessAction?
    ) throws(APIError) -> Principal? {
        guard let action else {
            try limit(request.peerAddress)
            return nil
        }
        let principal: Principal
        do throws(AccessError) {
            principal = try authenticate(request)
            try principal.require(action)
        } catch {
            throw APIError(error)
        }
        try limit(principal)
        return principal
    }
}

extension HTTPResponse {
    /// The same answer with other header fields.
    func with(_ headers: HTTPHeaders) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, body: body)
    }
}

extension HTTPResponder {
    /// Answers, whether or not somebody did before.
    func respondOnce(_ response: HTTPResponse) { respond(response) }
}
