/// A Cosmos chain whose blocks and events are followed over the RPC of CometBFT.
public struct CosmosChain: Equatable, Sendable {
    /// Its name in triggers, such as `cosmos:cosmoshub-4`.
    public var chain: String
    /// Its id, which every endpoint must confirm (`network` of `status`).
    public var chainID: String
    /// URLs of `http` or `https`, the preferred one first; WebSockets are looked for at `/websocket` below them.
    public var endpoints: [String]
    /// The first block whose events are delivered; without it, the one after the newest when the chain is followed for
    /// the first time.
    public var startBlock: UInt64?
    /// Blocks looked at before the dispatcher is given what was found.
    public var batchCountMax: UInt64 = 32
    /// How long an endpoint may stay at one block before another is asked.
    public var staleNanoseconds: UInt64 = 60_000_000_000

    /// Makes a chain with the standard settings.
    public init(chain: String, chainID: String, endpoints: [String]) {
        self.chain = chain
        self.chainID = chainID
        self.endpoints = endpoints
    }
}
