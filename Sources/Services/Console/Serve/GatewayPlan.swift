import Access
import Bookkeeping
import Cryptography
import Database
import Encoding
import Follower
package import Gateway
import HTTP
import KeyStore
import LedgerStore
import MarketData
package import Platform
import Primitives
package import Sequencer
import TLS
import Transparency
import Venue

/// What a venue's gateway is started with.
package struct GatewayPlan {
    let settings: GatewaySettings
    /// What the venue is called.
    let venue: String
    /// The directory of the journal and of what the gateway keeps.
    let dataPath: String
    /// The venue's secret for tokens; none to keep one in a file beside the journal.
    let secret: [UInt8]?
    /// The log, if the venue keeps one.
    let log: VenueLog?

    /// Plans a gateway of a venue without a log.
    package init(settings: GatewaySettings, venue: String, dataPath: String) {
        self.init(settings: settings, venue: venue, dataPath: dataPath, secret: nil, log: nil)
    }

    init(
        settings: GatewaySettings,
        venue: String,
        dataPath: String,
        secret: [UInt8]?,
        log: VenueLog?
    ) {
        self.settings = settings
        self.venue = venue
        self.dataPath = dataPath
        self.secret = secret
        self.log = log
    }

    /// Starts the gateway of a venue that was just recovered, and returns when it listens.
    ///
    /// - Parameters:
    ///   - gate: The door to the sequencer, which is its sink.
    ///   - sequencer: The venue.
    ///   - journal: Its journal.
    ///   - terminal: Where to say what the operator should know.
    /// - Returns: What is to be drained before the sequencer is stopped, and stopped after it.
    /// - Throws: `ConsoleError` when a part cannot be started.
    package func start(
        _ gate: CommandGate,
        _ sequencer: Sequencer,
        journal: LinuxDirectory,
        _ terminal: Terminal
    ) throws(ConsoleError) -> RunningGateway {
        if let plan = try self.withPort() {
            return try plan.start(gate, sequencer, journal: journal, terminal)
        }
        let caller = VenueCaller(gate: gate, sequencer: sequencer)
        let listing = try settings.listed()
        try define(listing, caller)
        let folder = dataPath + "/gateway"
        _ = try Console.makeDirectory(folder)
        let projections = try Projections(
            self,
            folder,
            listing,
            sequencer,
            journal,
            terminal
        )
        let parts = try self.parts(folder, listing, sequencer, gate, caller, projections)
        try reconcile(parts, journal, sequencer, gate, terminal)
        try enrol(parts.access, AuditFile(path: folder + "/officers.db"))
        let gateway = Gateway(parts)
        let server = try listen(gateway, terminal)
        return RunningGateway(
            gateway: gateway,
            server: server,
            gate: gate,
            projections: projections
        )
    }

    /// The plan with a free port instead of port 0; none if it has a port.
    ///
    /// The port must be known before the server listens, because passkeys are bound to the origin that has it.
    private func withPort() throws(ConsoleError) -> GatewayPlan? {
        guard let text = settings.address, text.hasSuffix(":0"),
            let endpoint = SocketEndpoint(text)
        else { return nil }
        var resolved = settings
        do throws(PlatformError) {
            let port = SocketEndpoint.port(of: try endpoint.listen())
            resolved.address = String(text.dropLast()) + String(port)
        } catch {
            throw .environment("\(error)")
        }
        return GatewayPlan(
            settings: resolved,
            venue: venue,
            dataPath: dataPath,
            secret: secret,
            log: log
        )
    }

    /// Defines what is listed and the venue does not have.
    private func define(_ listing: Listing, _ caller: VenueCaller) throws(ConsoleError) {
        let missing = caller.read { venue -> Result<[Command], ListingError> in
            do throws(ListingError) {
                return .success(try listing.missingCommands(in: venue))
            } catch {
                return .failure(error)
            }
        }
        guard let missing else { throw .environment("the venue has stopped") }
        let commands: [Command]
        do throws(ListingError) { commands = try missing.get() } catch {
            throw .environment("\(error)")
        }
        for command in commands {
            guard let reply = caller.perform(command) else {
                throw .environment("the venue stopped while its instruments were defined")
            }
            if let refusal = reply.refusal {
                throw .environment("the venue refused to list an instrument: \(refusal.message)")
            }
        }
    }

    private func parts(
        _ folder: String,
        _ listing: Listing,
        _ sequencer: Sequencer,
        _ gate: CommandGate,
        _ caller: VenueCaller,
        _ projections: Projections
    ) throws(ConsoleError) -> GatewayParts {
        let clock = LinuxClock()
        let access = try self.access(folder, caller)
        let transfers = try Console.database { () throws(DatabaseError) in
            try TransferDesk(path: folder + "/transfers.db")
        }
        let guards = try Console.database { () throws(DatabaseError) in
            try SessionGuards(path: folder + "/guards.db")
        }
        let user = RateLimit(
            perSecond: settings.userRate.perSecond,
            burst: settings.userRate.burst
        )
        let address = RateLimit(
            perSecond: settings.addressRate.perSecond,
            burst: settings.addressRate.burst
        )
        var parts = GatewayParts(
            venue: venue,
            listing: listing,
            sequencer: sequencer,
            gate: gate,
            access: access,
            market: projections.market,
            store: projections.store,
            keys: projections.keys,
            transfers: transfers,
            guards: guards,
            userLimiter: RateLimiter(user, clock: clock),
            addressLimiter: RateLimiter(address, clock: clock)
        )
        parts.hasTestFunds = settings.hasTestFunds
        parts.origins = settings.origins
        parts.followers = projections.progress
        parts.log = try log.map { log throws(ConsoleError) in
            try Console.platform { () throws(PlatformError) in
                try LogDesk(path: log.path, identity: log.identity) { _ in }
            }
        }
        if let pages = try pages() { parts.pages = { request in pages.answer(request) } }
        let audit = CrossTenantAudit(
            venue: log?.identity.venue,
            file: try AuditFile(path: folder + "/reads.db"),
            caller: caller
        )
        parts.recordCrossTenant = { read throws(LedgerStoreError) in try audit.record(read) }
        return parts
    }

    /// Finds out what became of what was in work when the process before ended.
    private func reconcile(
        _ parts: GatewayParts,
        _ journal: LinuxDirectory,
        _ sequencer: Sequencer,
        _ gate: CommandGate,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let last = sequencer.durableSequence
        try Console.database { () throws(DatabaseError) in
            try parts.transfers.reconcile(journal: journal, last: last)
        }
        let count = try Console.database { () throws(DatabaseError) in
            try parts.guards.makeUp(gate)
        }
        if count > 0 {
            terminal.note(
                "parallax: cancelled the orders of \(count) sessions that had asked for it and "
                    + "were cut off"
            )
        }
        do throws(AccessError) { try parts.access.completeRegistrations() } catch {
            throw .environment("\(error)")
        }
    }

    /// Starts the server.
    private func listen(
        _ gateway: Gateway,
        _ terminal: Terminal
    ) throws(ConsoleError) -> HTTPServer {
        let address: SocketAddress
        do throws(HTTPError) {
            address = try SocketAddress(settings.address ?? "127.0.0.1:8080")
        } catch {
            throw .usage("the gateway's address: \(error)", command: "serve")
        }
        let tls = try settings.certificate.map { certificate throws(ConsoleError) in
            try self.tls(certificate)
        }
        var limits = HTTPLimits()
        limits.connectionCountMax = 4_096
        limits.bodyBytesMax = 256 << 10
        limits.webSocketMessageBytesMax = 64 << 10
        limits.drainNanoseconds = 5_000_000_000
        let server = try Console.http { () throws(HTTPError) in
            try HTTPServer(
                address: address,
                tls: tls,
                limits: limits,
                execution: .threads(4),
                handlers: gateway.handlers.applying(
                    SecurityHeaders(),
                    CORSPolicy(origins: settings.origins)
                )
            )
        }
        var url = address.url(port: server.port)
        if tls != nil { url = "https" + url.dropFirst(4) }
        var file = JSONObject()
        file.add("http", url)
        try Console.writeFile(dataPath + "/gateway.json", Array((file.description + "\n").utf8))
        terminal.note("parallax: the gateway listens at \(url)")
        return server
    }

    private func tls(
        _ certificate: GatewaySettings.Certificate
    ) throws(ConsoleError) -> TLSListener {
        let clients: TLSListener.Clients =
            switch certificate.clients {
            case "required": .mustIdentify
            case "requested": .mayIdentify
            default: .anonymous
            }
        do throws(TLSError) {
            return try TLSListener(
                certificatePath: certificate.path,
                keyPath: certificate.keyPath,
                clients: clients
            )
        } catch {
            throw .environment("\(error)")
        }
    }
}

extension Console {
    /// Runs something that uses a database: what goes wrong there is the environment.
    static func database<Result>(
        _ body: () throws(DatabaseError) -> Result
    ) throws(ConsoleError) -> Result {
        do throws(DatabaseError) { return try body() } catch {
            throw .environment(error.description)
        }
    }
}
