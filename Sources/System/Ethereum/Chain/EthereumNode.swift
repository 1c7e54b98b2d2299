internal import Encoding
internal import HTTP
public import Platform

/// A chain of Ethereum's kind, asked through its nodes.
public final class EthereumNode: Sendable {
    /// Which state a question is about.
    public enum Block: Equatable, Sendable {
        /// After the newest block.
        case latest
        /// After what waits to be put into blocks.
        case pending
        /// After the block of a number.
        case number(UInt64)

        var text: String {
            switch self {
            case .latest: "latest"
            case .pending: "pending"
            case .number(let number): UInt256(low: UInt128(number)).quantity
            }
        }
    }

    /// What is needed of a block.
    public struct Header: Equatable, Sendable {
        /// Its height.
        public let number: UInt64
        /// Its hash, 32 bytes.
        public let hash: [UInt8]
        /// The hash of the block before, 32 bytes.
        public let parentHash: [UInt8]
        /// Seconds since 1970.
        public let timestamp: UInt64
        /// What a unit of gas costs at least, in wei (EIP-1559).
        public let baseFee: UInt128
    }

    /// What became of a transaction.
    public struct Receipt: Equatable, Sendable {
        /// Whether it did what it should; otherwise it cost its gas and changed nothing.
        public let isSuccess: Bool
        /// The height of its block.
        public let blockNumber: UInt64
        /// The hash of its block, 32 bytes.
        public let blockHash: [UInt8]
        /// Units of gas that it used.
        public let gasUsed: UInt64
        /// The contract that it made.
        public let contract: EthereumAddress?
    }

    /// The client that asks.
    public let client: JSONRPCClient

    /// Takes a client.
    public init(client: JSONRPCClient) { self.client = client }

    /// Makes a client of some endpoints.
    ///
    /// - Throws: As `JSONRPCClient.init`.
    public convenience init(
        endpoints: [String],
        limits: JSONRPCClient.Limits = JSONRPCClient.Limits(),
        clock: any Clock = LinuxClock()
    ) throws(JSONRPCError) {
        self.init(
            client: try JSONRPCClient(endpoints: endpoints, limits: limits, clock: clock)
        )
    }

    // MARK: The chain

    /// The chain's number.
    public func chainID() throws(JSONRPCError) -> UInt64 { try number("eth_chainId") }

    /// The height of the newest block.
    public func blockNumber() throws(JSONRPCError) -> UInt64 { try number("eth_blockNumber") }

    /// A block; none if the chain has not got that far.
    public func header(_ block: Block) throws(JSONRPCError) -> Header? {
        let result = try client.call("eth_getBlockByNumber", [string(block.text), .boolean(false)])
        guard let object = result.object else { return nil }
        guard let number = quantity(object["number"])?.uint64,
            let hash = bytes(object["hash"], count: 32),
            let parentHash = bytes(object["parentHash"], count: 32),
            let timestamp = quantity(object["timestamp"])?.uint64
        else { throw malformed("block") }
        return Header(
            number: number,
            hash: hash,
            parentHash: parentHash,
            timestamp: timestamp,
            baseFee: quantity(object["baseFeePerGas"])?.uint128 ?? 0
        )
    }

    /// What the makers of blocks ask for a unit of gas besides the base fee, in wei.
    public func priorityFee() throws(JSONRPCError) -> UInt128 {
        let result = try client.call("eth_maxPriorityFeePerGas")
        guard let fee = quantity(result)?.uint128 else { throw malformed("fee") }
        return fee
    }

    // MARK: Accounts and contracts

    /// How many transactions an account has sent.
    public func transactionCount(
        of account: EthereumAddress,
        _ block: Block = .latest
    ) throws(JSONRPCError) -> UInt64 {
        try number("eth_getTransactionCount", [address(account), string(block.text)])
    }

    /// What an account has, in wei.
    public func balance(
        of account: EthereumAddress,
        _ block: Block = .latest
    ) throws(JSONRPCError) -> UInt256 {
        let result = try client.call("eth_getBalance", [address(account), string(block.text)])
        guard let balance = quantity(result) else { throw malformed("balance") }
        return balance
    }

    /// What a contract returns for a call that changes nothing.
    ///
    /// - Throws: `refused` with the contract's own data when it reverts.
    public func call(
        _ target: EthereumAddress,
        _ data: [UInt8],
        from sender: EthereumAddress? = nil,
        _ block: Block = .latest
    ) throws(JSONRPCError) -> [UInt8] {
        let request = callObject(target, data, sender)
        let result = try client.call("eth_call", [request, string(block.text)])
        guard let bytes = bytes(result) else { throw malformed("result of a call") }
        return bytes
    }

    /// Units of gas that a transaction would use.
    ///
    /// - Throws: `refused` with the contract's own data when it reverts.
    public func estimateGas(
        _ target: EthereumAddress,
        _ data: [UInt8],
        from sender: EthereumAddress
    ) throws(JSONRPCError) -> UInt64 {
        try number("eth_estimateGas", [callObject(target, data, sender)])
    }

    // MARK: Transactions

    /// Sends a transaction.
    ///
    /// - Returns: Its hash, as the node says.
    public func send(_ transaction: SignedTransaction) throws(JSONRPCError) -> [UInt8] {
        let result = try client.call(
            "eth_sendRawTransaction",
            [string(HexText.text(transaction.bytes))]
        )
        guard let hash = bytes(result, count: 32) else { throw malformed("transaction hash") }
        return hash
    }

    /// What became of a transaction; none while it is in no block.
    public func receipt(of hash: [UInt8]) throws(JSONRPCError) -> Receipt? {
        let result = try client.call("eth_getTransactionReceipt", [string(HexText.text(hash))])
        guard let object = result.object else { return nil }
        guard let status = quantity(object["status"])?.uint64,
            let number = quantity(object["blockNumber"])?.uint64,
            let blockHash = bytes(object["blockHash"], count: 32),
            let gasUsed = quantity(object["gasUsed"])?.uint64
        else { throw malformed("receipt") }
        return Receipt(
            isSuccess: status == 1,
            blockNumber: number,
            blockHash: blockHash,
            gasUsed: gasUsed,
            contract: bytes(object["contractAddress"]).flatMap(EthereumAddress.init(bytes:))
        )
    }

    // MARK: Forms

    private func string(_ text: String) -> JSONValue { .string(Text(text)) }

    private func address(_ address: EthereumAddress) -> JSONValue { string(address.lowercased) }

    private func callObject(
        _ target: EthereumAddress,
        _ data: [UInt8],
        _ sender: EthereumAddress?
    ) -> JSONValue {
        var object = JSONObject()
        object["to"] = address(target)
        object["data"] = string(HexText.text(data))
        if let sender { object["from"] = address(sender) }
        return .object(object)
    }

    private func number(
        _ method: String,
        _ parameters: [JSONValue] = []
    ) throws(JSONRPCError) -> UInt64 {
        guard let number = quantity(try client.call(method, parameters))?.uint64 else {
            throw malformed("number")
        }
        return number
    }

    private func quantity(_ value: JSONValue?) -> UInt256? {
        guard let text = value?.string?.string else { return nil }
        do throws(EthereumError) {
            return try UInt256(quantity: text)
        } catch {
            return nil
        }
    }

    private func bytes(_ value: JSONValue?, count: Int? = nil) -> [UInt8]? {
        guard let bytes = value?.string.flatMap({ HexText.bytes($0.string) }) else { return nil }
        return count == nil || bytes.count == count ? bytes : nil
    }

    private func malformed(_ what: String) -> JSONRPCError {
        .badAnswer(endpoint: "the chain's node", reason: "the \(what) is malformed")
    }
}
