public import Platform

/// What a program may see and do in one call, besides computing.
public struct HostContext: Sendable {
    /// The rights that the service gives the program.
    public var permissions: Permissions
    /// The directory that the program may use, if `permissions.fileSystem` allows it: its service's own.
    public var fileSystemDirectory: String?
    /// What `config-var` answers.
    public var configuration: [Setting]
    /// The variables that the program sees: those of `environmentKeys` with their values, no others.
    public var environment: [Setting]
    /// The store of keys and values; none is refused.
    public var keyValue: (any KeyValueStore)?
    /// The service that the program belongs to; without it `get-service` is refused.
    public var service: Service?
    /// The workflow that is run.
    public var workflowID: String
    /// The event id for a salt, or for the trigger's data without one: 20 bytes.
    public var eventID: @Sendable ([UInt8]?) -> [UInt8]
    /// Chains of Ethereum's kind, by their keys such as `evm:31337`.
    public var evmChains: [String: EVMChainConfiguration]
    /// Cosmos chains, by their keys.
    public var cosmosChains: [String: CosmosChainConfiguration]
    /// Takes a line that the program logs or prints; called on the thread that runs the program.
    public var log: @Sendable (LogLevel, String) -> Void
    /// The clock of programs that are not run deterministically.
    public var clock: any Clock
    /// The one moment that a program sees that is run deterministically, in nanoseconds since 1970.
    public var fixedNanoseconds: UInt64
    /// Asks hosts over HTTP; none is refused.
    public var http: (any OutgoingHTTP)?
    /// Looks names up, if `permissions.dnsResolution` allows it; none is refused.
    public var names: (any NameResolver)?

    /// Makes a context; what is left out is not given.
    public init(
        permissions: Permissions = .none,
        fileSystemDirectory: String? = nil,
        configuration: [Setting] = [],
        environment: [Setting] = [],
        keyValue: (any KeyValueStore)? = nil,
        service: Service? = nil,
        workflowID: String = "",
        eventID: @escaping @Sendable ([UInt8]?) -> [UInt8] = { _ in [] },
        evmChains: [String: EVMChainConfiguration] = [:],
        cosmosChains: [String: CosmosChainConfiguration] = [:],
        log: @escaping @Sendable (LogLevel, String) -> Void = { _, _ in },
        clock: any Clock = LinuxClock(),
        fixedNanoseconds: UInt64 = 0,
        http: (any OutgoingHTTP)? = nil,
        names: (any NameResolver)? = nil
    ) {
        self.permissions = permissions
        self.fileSystemDirectory = fileSystemDirectory
        self.configuration = configuration
        self.environment = environment
        self.keyValue = keyValue
        self.service = service
        self.workflowID = workflowID
        self.eventID = eventID
        self.evmChains = evmChains
        self.cosmosChains = cosmosChains
        self.log = log
        self.clock = clock
        self.fixedNanoseconds = fixedNanoseconds
        self.http = http
        self.names = names
    }
}
