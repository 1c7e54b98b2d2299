/// A chain of Ethereum's kind whose blocks and events are followed over JSON-RPC.
public struct EVMChain: Equatable, Sendable {
    /// Its name in triggers, such as `evm:31337`.
    public var chain: String
    /// Its number, which every endpoint must confirm (`eth_chainId`).
    public var chainID: UInt64
    /// URLs of `http` or `https`, the preferred one first.
    public var endpoints: [String]
    /// Blocks that must follow a block before its events count.
    public var confirmations: UInt64 = 12
    /// The first block whose events are delivered; without it, the one after the newest confirmed when the chain is
    /// followed for the first time.
    public var startBlock: UInt64?
    /// Blocks asked for at once when there are many to catch up with; fewer if the endpoint has too much to say.
    public var rangeCountMax: UInt64 = 1_000
    /// Blocks that are remembered to notice reorganisations deeper than `confirmations`.
    public var rememberedBlockCount: UInt64 = 1_024
    /// How long an endpoint may stay at one block before another is asked.
    public var staleNanoseconds: UInt64 = 60_000_000_000

    /// Makes a chain with the standard settings.
    public init(chain: String, chainID: UInt64, endpoints: [String]) {
        self.chain = chain
        self.chainID = chainID
        self.endpoints = endpoints
    }
}
