public import ComponentHost
internal import Database
public import Dispatcher
internal import Encoding
internal import Ethereum
internal import HTTP
public import Platform
internal import Synchronization

/// A WAVS operator node: triggers, dispatcher, engine, submission, aggregator and admin server under one roof.
///
/// Everything that it must remember is on the disk, and stopping it by SIGKILL at any moment loses nothing but what
/// peers had told in the last moments, which they tell again.
public final class OperatorNode: Sendable {
    /// The version that `/info` shows.
    public static let version = "0.4.0"

    let configuration: OperatorConfiguration
    let clock: any Clock
    let database: Database
    let journal: NodeJournal
    let registry: ServiceRegistry
    let components: ComponentStore
    let chains: ChainDirectory
    let keys: OperatorKeys
    let exchange: (any PeerExchange)?
    let startedNanoseconds: UInt64
    let definitions: DefinitionSource
    let keyValues: KeyValueFile
    /// Held while the set of services changes, so that the dispatcher and the triggers follow in the same order.
    let changes = Mutex<Void>(())
    private let aggregators: AggregatorSet
    private let started = Mutex<Started?>(nil)

    /// What exists once the node has started.
    private struct Started {
        var dispatcher: Dispatcher
        var triggers: (any TriggerFeed)?
        var server: HTTPServer?
    }

    /// Makes the engine of a node from what it may use.
    public typealias EngineMaker =
        @Sendable (EngineParts) throws(OperatorError) -> any ServiceEngine & AggregatorEngine
    /// Makes the sources of triggers, which hand over to the dispatcher.
    public typealias TriggerMaker =
        @Sendable (Dispatcher) throws(OperatorError) -> any TriggerFeed

    /// Starts a node.
    ///
    /// - Parameters:
    ///   - configuration: What it is told.
    ///   - exchange: How it talks to the other nodes of its services; none for a node alone.
    ///   - clock: The source of time.
    ///   - makeEngine: Makes what runs components.
    ///   - makeTriggers: Makes the sources of triggers; none leaves triggers by hand.
    /// - Returns: The node, whose admin server answers.
    /// - Throws: What is wrong with the configuration, the files or the machine.
    public static func start(
        _ configuration: OperatorConfiguration,
        exchange: (any PeerExchange)? = nil,
        clock: any Clock = LinuxClock(),
        makeEngine: EngineMaker,
        makeTriggers: TriggerMaker? = nil
    ) throws(OperatorError) -> OperatorNode {
        let node = try OperatorNode(configuration, exchange, clock, makeEngine)
        do throws(OperatorError) {
            try node.start(makeEngine, makeTriggers)
            return node
        } catch {
            node.stop()
            throw error
        }
    }

    private init(
        _ configuration: OperatorConfiguration,
        _ exchange: (any PeerExchange)?,
        _ clock: any Clock,
        _ makeEngine: EngineMaker
    ) throws(OperatorError) {
        self.configuration = configuration
        self.exchange = exchange
        self.clock = clock
        startedNanoseconds = clock.wallNanoseconds()
        let directory: LinuxDirectory
        do throws(PlatformError) {
            directory = try LinuxDirectory.open(configuration.dataDirectory, create: true)
        } catch {
            throw .system(reason: error.description)
        }
        let path = configuration.dataDirectory
        let database = try OperatorError.wrapping { () throws(DatabaseError) in
            try Database(path: path + "/node.sqlite", migrations: OperatorStore.migrations)
        }
        self.database = database
        keys = try OperatorKeys(
            mnemonicFile: configuration.mnemonicFile,
            payerMnemonicFile: configuration.payerMnemonicFile
        )
        var rpcLimits = JSONRPCClient.Limits()
        rpcLimits.totalMilliseconds = configuration.limits.rpcMilliseconds
        chains = ChainDirectory(limits: rpcLimits, clock: clock)
        registry = try ServiceRegistry(
            database: database,
            countMax: configuration.limits.servicesMax,
            clock: clock
        )
        components = try ComponentStore(
            parent: directory,
            registryDomain: configuration.registryDomain
        )
        definitions = try DefinitionSource(
            chains: chains,
            directory: configuration.definitionDirectory,
            ipfsGateway: configuration.ipfsGateway
        )
        do throws(ComponentError) {
            keyValues = try KeyValueFile(path: path + "/keyvalue.sqlite")
        } catch {
            throw .system(reason: error.description)
        }
        journal = try NodeJournal(path: path + "/journal.sqlite", clock: clock)
        aggregators = AggregatorSet()
    }

    private func start(
        _ makeEngine: EngineMaker,
        _ makeTriggers: TriggerMaker?
    ) throws(OperatorError) {
        let engine = try makeEngine(
            EngineParts(
                configuration: configuration,
                components: components,
                registry: registry,
                journal: journal,
                keyValues: keyValues,
                clock: clock
            )
        )
        let aggregators = aggregators
        aggregators.use(
            ChainAggregator.Parts(
                database: database,
                registry: registry,
                chains: chains,
                engine: engine,
                exchange: exchange,
                journal: journal,
                keys: keys,
                clock: clock,
                limits: transactionLimits,
                wake: { chain in aggregators.wake(chain) }
            )
        )
        for (key, chain) in configuration.chains { try addChain(key, chain) }
        for (key, chain) in try savedChains() { try addChain(key, chain) }
        let submission = SubmissionManager(
            database: database,
            registry: registry,
            keys: keys,
            journal: journal,
            clock: clock,
            ready: { chain in aggregators.wake(chain) }
        )
        let dispatcher = try makeDispatcher(engine, submission)
        started.withLock { $0 = Started(dispatcher: dispatcher) }
        if let makeTriggers {
            let triggers = try makeTriggers(dispatcher)
            started.withLock { $0?.triggers = triggers }
        }
        try servicesChanged()
        let server = try AdminServer.start(self)
        started.withLock { $0?.server = server }
    }

    private func makeDispatcher(
        _ engine: any ServiceEngine,
        _ submission: SubmissionManager
    ) throws(OperatorError) -> Dispatcher {
        do throws(DispatcherError) {
            return try Dispatcher(
                path: configuration.dataDirectory + "/dispatcher.sqlite",
                engine: engine,
                sink: submission,
                journal: journal,
                identify: { configuration, data in EventIdentity.id(of: configuration, data) },
                clock: clock
            )
        } catch {
            throw .system(reason: error.description)
        }
    }

    private var transactionLimits: TransactionOutbox.Limits {
        var limits = TransactionOutbox.Limits()
        limits.gasMax = configuration.limits.gasMax
        limits.feeMax = configuration.limits.feeMax
        limits.replaceMilliseconds = configuration.limits.replaceMilliseconds
        limits.confirmationCount = configuration.limits.confirmationCount
        return limits
    }

    /// Ends what is in work and stops everything; calling it again does nothing.
    public func stop() {
        let started = started.withLock { started in
            defer { started = nil }
            return started
        }
        started?.server?.stop()
        started?.triggers?.stop()
        for service in exchange?.services ?? [] { exchange?.unsubscribe(service) }
        started?.dispatcher.stop()
        aggregators.stop()
        journal.stop()
    }

    /// The port of the admin server.
    public var adminPort: UInt16 { started.withLock { $0?.server?.port } ?? 0 }

    var dispatcher: Dispatcher? { started.withLock { $0?.dispatcher } }

    var triggers: (any TriggerFeed)? { started.withLock { $0?.triggers } }

    /// The aggregators of all chains, ascending by the chain's key.
    var chainAggregators: [ChainAggregator] { aggregators.all }

    // MARK: Services

    /// Adds the service of a manager: its definition is asked for on the chain.
    ///
    /// - Throws: `unknownChain`, `chain`, `unreachable`, `badDocument`, `otherManager`, `serviceExists`, `database`.
    public func addService(of manager: Service.Manager) throws(OperatorError) {
        let id = ServiceID.text(of: manager)
        guard registry.entry(id) == nil else { throw .serviceExists(id) }
        let (service, uri) = try definitions.definition(of: manager)
        try addService(service, uri: uri)
    }

    /// Adds a service whose definition is known.
    ///
    /// - Throws: `serviceExists`, `tooManyServices`, `database`.
    public func addService(_ service: Service, uri: String) throws(OperatorError) {
        try changes.withLock { _ throws(OperatorError) in
            _ = try registry.add(service, uri: uri)
            try servicesChanged()
        }
    }

    /// Removes services.
    ///
    /// - Throws: `unknownService`, `database`.
    public func removeServices(of managers: [Service.Manager]) throws(OperatorError) {
        try changes.withLock { _ throws(OperatorError) in
            try registry.remove(managers.map { ServiceID.text(of: $0) })
            try servicesChanged()
        }
    }

    /// Pauses or resumes a service on this node.
    ///
    /// - Throws: `unknownService`, `database`.
    public func setPaused(
        _ manager: Service.Manager,
        _ isPaused: Bool
    ) throws(OperatorError) {
        try changes.withLock { _ throws(OperatorError) in
            try registry.setPaused(ServiceID.text(of: manager), isPaused)
            try servicesChanged()
        }
    }

    /// Tells all parts which services there are.
    private func servicesChanged() throws(OperatorError) {
        let entries = registry.all
        if let dispatcher {
            do throws(DispatcherError) {
                try dispatcher.replaceServices(
                    entries.map { RegisteredService(id: $0.id, service: $0.service) }
                )
            } catch {
                throw .system(reason: error.description)
            }
            triggers?.watch(dispatcher.watchedTriggers)
        }
        guard let exchange else { return }
        let known = Set(entries.map(\.id))
        for service in exchange.services where !known.contains(service) {
            exchange.unsubscribe(service)
        }
        for entry in entries {
            let chain = entry.service.manager.chain
            exchange.subscribe(entry.id) { [weak self] bytes in self?.receive(bytes, chain) }
        }
    }

    /// Takes what a peer told; what is no submission is passed over.
    private func receive(_ bytes: [UInt8], _ chain: String) {
        guard bytes.count <= Submission.bytesMax else { return }
        do throws(OperatorError) {
            aggregators.receive(try Submission(decoding: bytes), chain)
        } catch {
            aggregators.refuse(chain)
        }
    }

    // MARK: Chains

    /// Adds a chain that is remembered.
    func saveChain(
        _ key: String,
        _ chain: OperatorConfiguration.Chain,
        _ document: [UInt8]
    ) throws(OperatorError) {
        guard !chains.keys.contains(key) else {
            throw .badDocument(path: "chain", reason: "\(key) is there already")
        }
        _ = try OperatorError.wrapping { () throws(DatabaseError) in
            try database.execute(
                "INSERT INTO chains VALUES (?, ?)",
                [.text(key), .blob(document)]
            )
        }
        try addChain(key, chain)
    }

    private func addChain(
        _ key: String,
        _ chain: OperatorConfiguration.Chain
    ) throws(OperatorError) {
        guard Names.isChainKey(key) else {
            throw .badConfiguration(reason: "\(key) is no chain such as evm:31337")
        }
        guard case .evm(_, let endpoints, _) = chain else { return }
        guard !endpoints.isEmpty else {
            throw .badConfiguration(reason: "the chain \(key) has no endpoint of HTTP")
        }
        try chains.add(key, endpoints: endpoints)
        try aggregators.add(try chains.contracts(key))
    }

    private func savedChains() throws(OperatorError) -> [(String, OperatorConfiguration.Chain)] {
        let rows = try OperatorError.wrapping { () throws(DatabaseError) in
            try database.rows("SELECT key, configuration FROM chains ORDER BY key")
        }
        var chains: [(String, OperatorConfiguration.Chain)] = []
        for row in rows {
            let (key, bytes) = try OperatorError.wrapping { () throws(DatabaseError) in
                (try row.text(0), try row.blob(1))
            }
            let reader = FieldReader(value: try ServiceCodec.value(bytes), path: "config")
            chains.append((key, try ChainCodec.decode(reader)))
        }
        return chains
    }
}

/// What an engine may use of its node.
public struct EngineParts: Sendable {
    let configuration: OperatorConfiguration
    let components: ComponentStore
    let registry: ServiceRegistry
    let journal: NodeJournal
    let keyValues: KeyValueFile
    let clock: any Clock
}

/// The aggregators of all chains.
final class AggregatorSet: Sendable {
    private struct State {
        var parts: ChainAggregator.Parts?
        var byChain: [String: ChainAggregator] = [:]
    }

    private let state = Mutex(State())

    func use(_ parts: ChainAggregator.Parts) { state.withLock { $0.parts = parts } }

    func add(_ contracts: ServiceContracts) throws(OperatorError) {
        guard let parts = state.withLock({ $0.parts }) else { return }
        let aggregator = try ChainAggregator(contracts: contracts, parts: parts)
        let old = state.withLock { state in
            defer { state.byChain[contracts.chain] = aggregator }
            return state.byChain[contracts.chain]
        }
        old?.stop()
        try aggregator.start()
    }

    var all: [ChainAggregator] {
        state.withLock { state in state.byChain.values.sorted { $0.chain < $1.chain } }
    }

    func wake(_ chain: String) { state.withLock { $0.byChain[chain] }?.wake() }

    func receive(_ submission: Submission, _ chain: String) {
        state.withLock { $0.byChain[chain] }?.receive(submission)
    }

    /// Counts a message that is no submission.
    func refuse(_ chain: String) {
        state.withLock { $0.byChain[chain] }?.inbox.withLock { $0.refusedCount += 1 }
    }

    /// Stops all and forgets them: they hold what wakes the others, and with it this set.
    func stop() {
        let aggregators = state.withLock { state in
            defer { state = State() }
            return state.byChain.values.sorted { $0.chain < $1.chain }
        }
        for aggregator in aggregators { aggregator.stop() }
    }
}
