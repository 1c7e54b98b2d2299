public import ComponentHost
public import HTTP
public import Triggers

/// What an operator node is told when it starts.
public struct OperatorConfiguration: Sendable {
    /// How to reach a chain.
    public enum Chain: Equatable, Sendable {
        /// A chain of Ethereum's kind: URLs of JSON-RPC over HTTP, the preferred one first, and of WebSockets.
        case evm(chainID: String, endpoints: [String], webSockets: [String])
        /// A Cosmos chain.
        case cosmos(CosmosChainConfiguration)
    }

    /// What the node does at most.
    public struct Limits: Equatable, Sendable {
        /// Services.
        public var servicesMax = 256
        /// Units of gas of one transaction.
        public var gasMax: UInt64 = 5_000_000
        /// Wei for a unit of gas.
        public var feeMax: UInt128 = 500_000_000_000
        /// Milliseconds after which a transaction that waits is sent again with higher fees.
        public var replaceMilliseconds: Int64 = 60_000
        /// Blocks, its own included, after which a transaction is final.
        public var confirmationCount: UInt64 = 1
        /// What a component gets that asks for nothing; never more than `callsMax`.
        public var calls = CallLimits.nodeMaxima
        /// What no component gets more of, whatever its service asks for.
        public var callsMax = CallLimits.nodeMaxima
        /// Milliseconds that a chain's node is waited for.
        public var rpcMilliseconds = 10_000

        /// Makes the standard limits.
        public init() {}
    }

    /// The folder with everything that the node must remember; it is made if it is missing.
    public var dataDirectory: String
    /// Where the admin server listens; this machine alone unless said otherwise.
    public var adminAddress: SocketAddress = .loopback
    /// The file with the bearer token of the admin paths that change something; without it they refuse.
    public var tokenFile: String?
    /// The file with the mnemonic of the services' keys; mode 0600.
    public var mnemonicFile: String
    /// The file with the mnemonic of the key that pays for transactions; number 0 of the other one without it.
    public var payerMnemonicFile: String?
    /// The chains by their keys, such as `evm:31337`.
    public var chains: [String: Chain] = [:]
    /// Whether the paths under `/dev/` are served.
    public var areDevelopmentPathsEnabled = false
    /// The folder whose files may be named as definitions with `file://`; none allows no such URI.
    public var definitionDirectory: String?
    /// What `ipfs://` URIs are read through, such as `https://ipfs.io`; none allows no such URI.
    public var ipfsGateway: String?
    /// Where packages come from whose source names no domain.
    public var registryDomain: String?
    /// Where triggers come from besides the chains, and how they are followed.
    public var triggers = TriggerSettings()
    /// The variables `WAVS_ENV_…` that services may ask for, with their values.
    public var environment: [String: String] = [:]
    /// Whether services that ask for it may look names of hosts up; they are told public addresses only.
    public var isNameLookupAllowed = false
    /// What the node does at most.
    public var limits = Limits()

    /// Makes a configuration with the standard values.
    ///
    /// - Parameters:
    ///   - dataDirectory: The folder with everything that the node must remember.
    ///   - mnemonicFile: The file with the mnemonic of the services' keys.
    public init(dataDirectory: String, mnemonicFile: String) {
        self.dataDirectory = dataDirectory
        self.mnemonicFile = mnemonicFile
    }
}
