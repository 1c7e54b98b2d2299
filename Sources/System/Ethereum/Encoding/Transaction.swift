internal import Cryptography

/// A transaction that names its highest fees (EIP-1559), without access list.
public struct Transaction: Equatable, Sendable {
    /// The chain that it is for, and no other (EIP-155).
    public var chainID: UInt64
    /// Its number among those of its sender.
    public var nonce: UInt64
    /// What the block's maker gets for a unit of gas at most, in wei.
    public var priorityFee: UInt128
    /// What a unit of gas costs in all at most, in wei.
    public var maxFee: UInt128
    /// Units of gas that it may use.
    public var gasLimit: UInt64
    /// Whom it calls; none makes a contract.
    public var target: EthereumAddress?
    /// Wei that it moves.
    public var value: UInt128
    /// What it calls with.
    public var data: [UInt8]

    /// Makes a transaction.
    public init(
        chainID: UInt64,
        nonce: UInt64,
        priorityFee: UInt128,
        maxFee: UInt128,
        gasLimit: UInt64,
        target: EthereumAddress?,
        value: UInt128 = 0,
        data: [UInt8] = []
    ) {
        self.chainID = chainID
        self.nonce = nonce
        self.priorityFee = priorityFee
        self.maxFee = maxFee
        self.gasLimit = gasLimit
        self.target = target
        self.value = value
        self.data = data
    }

    private var fields: [RLP] {
        [
            .number(UInt128(chainID)), .number(UInt128(nonce)), .number(priorityFee),
            .number(maxFee), .number(UInt128(gasLimit)), .bytes(target?.bytes ?? []),
            .number(value), .bytes(data), .list([]),
        ]
    }

    /// The digest that the sender signs.
    public var digest: [UInt8] { Keccak256.hash(of: [2] + RLP.list(fields).encoded).bytes }

    /// Signs the transaction.
    public func signed(by key: EthereumKey) -> SignedTransaction {
        let signature = key.sign(digest)
        let list = RLP.list(
            fields + [
                .number(UInt128(signature.parity)), .number(bigEndian: signature.r),
                .number(bigEndian: signature.s),
            ]
        )
        return SignedTransaction(bytes: [2] + list.encoded)
    }
}

/// A transaction of the kind before EIP-1559, with the replay protection of EIP-155.
public struct LegacyTransaction: Equatable, Sendable {
    /// The chain that it is for, and no other.
    public var chainID: UInt64
    /// Its number among those of its sender.
    public var nonce: UInt64
    /// What a unit of gas costs, in wei.
    public var gasPrice: UInt128
    /// Units of gas that it may use.
    public var gasLimit: UInt64
    /// Whom it calls; none makes a contract.
    public var target: EthereumAddress?
    /// Wei that it moves.
    public var value: UInt128
    /// What it calls with.
    public var data: [UInt8]

    /// Makes a transaction.
    public init(
        chainID: UInt64,
        nonce: UInt64,
        gasPrice: UInt128,
        gasLimit: UInt64,
        target: EthereumAddress?,
        value: UInt128 = 0,
        data: [UInt8] = []
    ) {
        self.chainID = chainID
        self.nonce = nonce
        self.gasPrice = gasPrice
        self.gasLimit = gasLimit
        self.target = target
        self.value = value
        self.data = data
    }

    private var fields: [RLP] {
        [
            .number(UInt128(nonce)), .number(gasPrice), .number(UInt128(gasLimit)),
            .bytes(target?.bytes ?? []), .number(value), .bytes(data),
        ]
    }

    /// The digest that the sender signs.
    public var digest: [UInt8] {
        let list = RLP.list(fields + [.number(UInt128(chainID)), .bytes([]), .bytes([])])
        return Keccak256.hash(of: list.encoded).bytes
    }

    /// Signs the transaction.
    public func signed(by key: EthereumKey) -> SignedTransaction {
        let signature = key.sign(digest)
        let v = UInt128(chainID) * 2 + 35 + UInt128(signature.parity)
        let list = RLP.list(
            fields + [
                .number(v), .number(bigEndian: signature.r), .number(bigEndian: signature.s),
            ]
        )
        return SignedTransaction(bytes: list.encoded)
    }
}

/// A transaction as it is sent.
public struct SignedTransaction: Equatable, Sendable {
    /// What `eth_sendRawTransaction` takes.
    public let bytes: [UInt8]
    /// What the chain calls the transaction.
    public let hash: [UInt8]

    init(bytes: [UInt8]) {
        self.bytes = bytes
        hash = Keccak256.hash(of: bytes).bytes
    }
}
