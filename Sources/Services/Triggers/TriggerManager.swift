public import ComponentHost
public import Ethereum
internal import HTTP
public import Platform
internal import Synchronization

/// Which sources a node follows.
public struct TriggerSettings: Equatable, Sendable {
    /// Chains of Ethereum's kind.
    public var evmChains: [EVMChain] = []
    /// Cosmos chains.
    public var cosmosChains: [CosmosChain] = []
    /// The Jetstream of ATProto, if one is followed.
    public var jetstream: Jetstream?
    /// Hypercore feeds in directories of this machine.
    public var feeds: [HypercoreFeed] = []
    /// How long sources wait for what.
    public var pauses = SourcePauses()
    /// How long answers over JSON-RPC are waited for, and their size.
    public var rpcLimits = JSONRPCClient.Limits()

    /// Makes settings without any source but cron.
    public init() {}

    /// Checks what can be seen to be wrong before a source is asked.
    ///
    /// - Throws: `TriggerError.invalid` for the first setting that no source could follow.
    public func check() throws(TriggerError) {
        for chain in evmChains {
            try Self.check(chain.endpoints, of: "chain \(chain.chain)", "http")
        }
        for chain in cosmosChains {
            try Self.check(chain.endpoints, of: "chain \(chain.chain)", "http")
        }
        if let jetstream {
            try Self.check([jetstream.endpoint], of: "the Jetstream", "ws")
            // The events would come compressed with a dictionary of Jetstream's own (zstd), which nothing here reads.
            if jetstream.endpoint.contains("compress=") {
                throw .invalid(
                    what: "the Jetstream's endpoint \"\(jetstream.endpoint)\"",
                    reason: "asks for compression, which is not understood; leave out \"compress=\""
                )
            }
        }
        for feed in feeds {
            guard HypercoreFeed.isKey(feed.key) else {
                throw .invalid(
                    what: "the key \"\(feed.key)\" of the feed in \(feed.directory)",
                    reason: "is no key of Hypercore; write 64 hexadecimal digits"
                )
            }
        }
    }

    private static func check(
        _ endpoints: [String],
        of what: String,
        _ scheme: String
    ) throws(TriggerError) {
        for endpoint in endpoints {
            let plain = scheme + "://"
            let secured = scheme + "s://"
            let isURL = [plain, secured].contains { prefix in
                endpoint.hasPrefix(prefix) && endpoint.utf8.count > prefix.utf8.count
            }
            guard !isURL || endpoint.utf8.contains(where: { byte in byte <= 0x20 }) else {
                continue
            }
            throw .invalid(
                what: "the endpoint \"\(endpoint)\" of \(what)",
                reason: "is no URL; write one that begins with \(plain) or \(secured)"
            )
        }
    }
}

/// Follows all sources of triggers of a node, each on a thread of its own, so that none waits for another.
///
/// A source hands over what it finds and then writes its cursor, in this order: after a crash something may be handed
/// over twice, never left out, and the dispatcher passes over what it has. A source that fails tries again with growing
/// pauses; its state and its last failure are in `health`. It runs until `stop` is called.
public final class TriggerManager: Sendable {
    private let settings: TriggerSettings
    private let runners: [SourceRunner]
    private let watched = Mutex(WatchList())
    private let ignored = Mutex<[TriggerError]>([])

    /// Starts all sources; they do nothing until `watch` is called for the first time.
    ///
    /// - Parameters:
    ///   - path: The file with the cursors; one manager uses it at a time.
    ///   - settings: Which sources there are.
    ///   - sink: Takes what they find.
    ///   - clock: The source of time.
    /// - Throws: `TriggerError.database`, `.invalid` for an endpoint that is no URL or a name used twice, `.system`.
    public init(
        path: String,
        settings: TriggerSettings,
        sink: any TriggerSink,
        clock: any Clock = LinuxClock()
    ) throws(TriggerError) {
        self.settings = settings
        try settings.check()
        let parts = SourceParts(
            store: try TriggerStore(path: path),
            settings: settings,
            sink: sink,
            clock: clock
        )
        var runners = [parts.cron()]
        for chain in settings.evmChains { runners.append(try parts.evm(chain)) }
        for chain in settings.cosmosChains { runners.append(try parts.cosmos(chain)) }
        if let jetstream = settings.jetstream { runners.append(try parts.jetstream(jetstream)) }
        for feed in settings.feeds { runners.append(parts.feed(feed)) }
        let names = runners.map(\.health.name)
        guard Set(names).count == names.count else {
            throw .invalid(what: "sources", reason: "two of them have the same name")
        }
        self.runners = runners
        do throws(TriggerError) {
            for runner in runners { try runner.start() }
        } catch {
            stop()
            throw error
        }
    }

    /// Sets what is looked for: the triggers of all active workflows, each once.
    ///
    /// A trigger that this node cannot follow is left out, and is listed in `unfollowed`. One that is new begins where
    /// its source is; a chain that nobody watched for a while goes on where it stopped.
    public func watch(_ triggers: [Trigger]) {
        var faults: [TriggerError] = []
        let good = triggers.filter { trigger in
            do throws(TriggerError) {
                try check(trigger)
                return true
            } catch {
                faults.append(error)
                return false
            }
        }
        ignored.withLock { $0 = faults }
        let list = watched.withLock { watched in
            watched.version += 1
            watched.triggers = good
            return watched
        }
        for runner in runners { runner.watch(list) }
    }

    /// Checks that this node can follow a trigger.
    ///
    /// - Throws: `TriggerError.invalid` with the reason.
    public func check(_ trigger: Trigger) throws(TriggerError) {
        switch trigger {
        case .manual: return
        case .cron(let schedule, let start, let end):
            _ = try CronSchedule(schedule)
            if let start, let end, start > end {
                throw .invalid(what: "schedule \"\(schedule)\"", reason: "ends before it starts")
            }
        case .evmContractEvent(let address, let chain, let eventHash):
            guard settings.evmChains.contains(where: { $0.chain == chain }) else {
                throw .invalid(what: "chain \(chain)", reason: "is not configured here")
            }
            guard address.bytes.count == 20, eventHash.count == 32 else {
                throw .invalid(
                    what: "event of chain \(chain)",
                    reason: "an address has 20 bytes and an event's hash 32"
                )
            }
        case .cosmosContractEvent(_, let chain, _):
            guard settings.cosmosChains.contains(where: { $0.chain == chain }) else {
                throw .invalid(what: "chain \(chain)", reason: "is not configured here")
            }
        case .blockInterval(let chain, let blockCount, let startBlock, let endBlock):
            guard
                settings.evmChains.contains(where: { $0.chain == chain })
                    || settings.cosmosChains.contains(where: { $0.chain == chain })
            else { throw .invalid(what: "chain \(chain)", reason: "is not configured here") }
            guard blockCount > 0 else {
                throw .invalid(what: "interval of 0 blocks", reason: "must be at least 1")
            }
            if let startBlock, let endBlock, startBlock > endBlock {
                throw .invalid(what: "interval of blocks", reason: "ends before it starts")
            }
        case .atprotoEvent(let collection, _, let action):
            guard settings.jetstream != nil else {
                throw .invalid(what: collection, reason: "no Jetstream is configured here")
            }
            guard action.map({ ["create", "update", "delete"].contains($0) }) ?? true else {
                throw .invalid(what: collection, reason: "an action is create, update or delete")
            }
        case .hypercoreAppend(let feedKey):
            let isKnown = { (feed: HypercoreFeed) in
                feed.key.lowercased() == feedKey.lowercased()
            }
            guard settings.feeds.contains(where: isKnown) else {
                throw .invalid(what: "feed \(feedKey)", reason: "is not configured here")
            }
        }
    }

    /// Why triggers of the last list are not followed.
    public var unfollowed: [TriggerError] { ignored.withLock { $0 } }

    /// How each source is, in the order of the settings.
    public var health: [SourceHealth] { runners.map(\.health) }

    /// Stops all sources; a question that is on its way is waited for.
    ///
    /// Calling it again does nothing.
    public func stop() {
        for runner in runners { runner.requestStop() }
        for runner in runners { runner.join() }
    }
}

/// What every source is made from.
private struct SourceParts {
    let store: TriggerStore
    let settings: TriggerSettings
    let sink: any TriggerSink
    let clock: any Clock

    func cron() -> SourceRunner {
        runner(CronSource.name) { [store, clock] () throws(TriggerError) in
            try CronSource(store: store, clock: clock)
        }
    }

    func evm(_ chain: EVMChain) throws(TriggerError) -> SourceRunner {
        let pool = try EndpointPool(
            endpoints: chain.endpoints,
            rangeCountMax: chain.rangeCountMax,
            staleNanoseconds: chain.staleNanoseconds,
            limits: settings.rpcLimits,
            clock: clock
        )
        return runner(chain.chain) { [store] () throws(TriggerError) in
            try EVMSource(chain, store: store, pool: pool)
        }
    }

    func cosmos(_ chain: CosmosChain) throws(TriggerError) -> SourceRunner {
        let pool = try EndpointPool(
            endpoints: chain.endpoints,
            rangeCountMax: 1,
            staleNanoseconds: chain.staleNanoseconds,
            limits: settings.rpcLimits,
            clock: clock
        )
        let interrupt = try Self.interrupt()
        return runner(chain.chain, interrupt) { [store, clock] () throws(TriggerError) in
            try CosmosSource(chain, store: store, pool: pool, interrupt: interrupt, clock: clock)
        }
    }

    func jetstream(_ jetstream: Jetstream) throws(TriggerError) -> SourceRunner {
        let interrupt = try Self.interrupt()
        return runner(jetstream.name, interrupt) { [store, clock] () throws(TriggerError) in
            try JetstreamSource(jetstream, store: store, interrupt: interrupt, clock: clock)
        }
    }

    func feed(_ feed: HypercoreFeed) -> SourceRunner {
        runner(HypercoreSource.name(feed)) { [store] () throws(TriggerError) in
            try HypercoreSource(feed, store: store)
        }
    }

    private static func interrupt() throws(TriggerError) -> WebSocketInterrupt {
        do throws(HTTPError) { return try WebSocketInterrupt() } catch {
            throw .system(reason: "\(error)")
        }
    }

    private func runner(
        _ name: String,
        _ interrupt: WebSocketInterrupt? = nil,
        _ make: @escaping @Sendable () throws(TriggerError) -> any TriggerSource
    ) -> SourceRunner {
        SourceRunner(
            name: name,
            sink: sink,
            pauses: settings.pauses,
            clock: clock,
            interrupt: interrupt,
            make: make
        )
    }
}
