/// The hash of a transaction on some chain (`any-tx-hash` of `wavs:types/chain`).
public enum TransactionHash: Equatable, Sendable {
    /// 32 bytes: the Keccak-256 hash of the signed transaction.
    case evm([UInt8])
    /// The hash as text, as a Cosmos node prints it.
    case cosmos(String)
}

/// An account of a Cosmos chain (`cosmos-address`).
public struct CosmosAddress: Equatable, Sendable {
    /// The address in Bech32.
    public var bech32: String
    /// How many of its first characters are the chain's prefix.
    public var prefixCount: UInt32

    /// Makes an address.
    public init(bech32: String, prefixCount: UInt32) {
        self.bech32 = bech32
        self.prefixCount = prefixCount
    }
}

/// An event that a contract of a Cosmos chain emitted (`cosmos-event`).
public struct CosmosEvent: Equatable, Sendable {
    /// Its type.
    public var type: String
    /// Its attributes, in order.
    public var attributes: [Setting]

    /// Makes an event.
    public init(type: String, attributes: [Setting]) {
        self.type = type
        self.attributes = attributes
    }
}

/// An address on a chain of Ethereum's kind (`evm-address`): 20 bytes.
public struct EVMAddress: Equatable, Hashable, Sendable {
    /// The bytes.
    public var bytes: [UInt8]

    /// Makes an address from its 20 bytes; whoever reads them from outside checks their count.
    public init(bytes: [UInt8]) { self.bytes = bytes }
}

/// A log entry of a contract, with where it stands (`evm-event-log`).
public struct EVMEventLog: Equatable, Sendable {
    /// The contract.
    public var address: EVMAddress
    /// Up to four topics of 32 bytes.
    public var topics: [[UInt8]]
    /// What is not a topic.
    public var data: [UInt8]
    /// 32 bytes.
    public var transactionHash: [UInt8]
    /// The block's height.
    public var blockNumber: UInt64
    /// The entry's place among those of the block.
    public var logIndex: UInt64
    /// 32 bytes.
    public var blockHash: [UInt8]
    /// Seconds since 1970; not every provider gives it.
    public var blockTimestamp: UInt64?
    /// The transaction's place in the block.
    public var transactionIndex: UInt64

    /// Makes a log entry.
    public init(
        address: EVMAddress,
        topics: [[UInt8]],
        data: [UInt8],
        transactionHash: [UInt8],
        blockNumber: UInt64,
        logIndex: UInt64,
        blockHash: [UInt8],
        blockTimestamp: UInt64?,
        transactionIndex: UInt64
    ) {
        self.address = address
        self.topics = topics
        self.data = data
        self.transactionHash = transactionHash
        self.blockNumber = blockNumber
        self.logIndex = logIndex
        self.blockHash = blockHash
        self.blockTimestamp = blockTimestamp
        self.transactionIndex = transactionIndex
    }
}

/// How to reach a chain of Ethereum's kind (`evm-chain-config`).
public struct EVMChainConfiguration: Equatable, Sendable {
    /// The chain's id, such as `31337`.
    public var chainID: String
    /// Where its WebSockets are.
    public var webSocketEndpoints: [String]
    /// Where its JSON-RPC is.
    public var httpEndpoint: String?

    /// Makes a configuration.
    public init(chainID: String, webSocketEndpoints: [String], httpEndpoint: String?) {
        self.chainID = chainID
        self.webSocketEndpoints = webSocketEndpoints
        self.httpEndpoint = httpEndpoint
    }
}

/// How to reach a Cosmos chain (`cosmos-chain-config`).
public struct CosmosChainConfiguration: Equatable, Sendable {
    /// The chain's id, such as `cosmoshub-4`.
    public var chainID: String
    /// Where its RPC is.
    public var rpcEndpoint: String?
    /// Where its gRPC is.
    public var grpcEndpoint: String?
    /// Where its gRPC for browsers is.
    public var grpcWebEndpoint: String?
    /// The price of a unit of gas in `gasDenomination`.
    public var gasPrice: Float
    /// The coin that gas is paid in.
    public var gasDenomination: String
    /// What addresses of the chain begin with.
    public var bech32Prefix: String

    /// Makes a configuration.
    public init(
        chainID: String,
        rpcEndpoint: String?,
        grpcEndpoint: String?,
        grpcWebEndpoint: String?,
        gasPrice: Float,
        gasDenomination: String,
        bech32Prefix: String
    ) {
        self.chainID = chainID
        self.rpcEndpoint = rpcEndpoint
        self.grpcEndpoint = grpcEndpoint
        self.grpcWebEndpoint = grpcWebEndpoint
        self.gasPrice = gasPrice
        self.gasDenomination = gasDenomination
        self.bech32Prefix = bech32Prefix
    }
}

/// A name with a value: a `tuple<string, string>` of the interface.
public struct Setting: Equatable, Sendable {
    /// The name.
    public var key: String
    /// The value.
    public var value: String

    /// Makes a setting.
    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}
