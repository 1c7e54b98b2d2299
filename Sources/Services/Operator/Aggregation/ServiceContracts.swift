internal import ComponentHost
internal import Ethereum
internal import Platform
internal import Synchronization

/// What a service manager says about an envelope with signatures.
enum Validation: Equatable, Sendable {
    /// It has a quorum.
    case valid
    /// More weight must sign.
    case insufficient(signed: UInt256, needed: UInt256, total: UInt256)
    /// The contract refuses; another set of signatures may be better.
    case refused(reason: String)
}

/// What becomes of an envelope that a service handler is asked about.
enum Simulation: Equatable, Sendable {
    /// The handler would take it.
    case accepted
    /// The handler has taken it before.
    case done
    /// The handler refuses it.
    case refused(reason: String)
}

/// The contracts of services on one chain (`IWavsServiceManager`, `IWavsServiceHandler`).
///
/// Managers of handlers and weights of signers are remembered for a while.
final class ServiceContracts: Sendable {
    private struct Weight {
        var value: UInt256
        var until: UInt64
    }

    private struct State {
        var managers: [EthereumAddress: EthereumAddress] = [:]
        var weights: [[UInt8]: Weight] = [:]
    }

    /// How long a weight is believed, in nanoseconds: that of an unknown signer not for long.
    private static let weightNanoseconds: UInt64 = 60_000_000_000
    private static let noWeightNanoseconds: UInt64 = 3_000_000_000
    /// Entries of a table before it is emptied.
    private static let countMax = 10_000

    let chain: String
    let node: EthereumNode
    private let clock: any Clock
    private let state = Mutex(State())

    init(chain: String, node: EthereumNode, clock: any Clock) {
        self.chain = chain
        self.node = node
        self.clock = clock
    }

    // MARK: Questions

    /// Where a service's definition is.
    func serviceURI(of manager: EthereumAddress) throws(OperatorError) -> String {
        var decoder = ABIDecoder(try call(manager, "getServiceURI()"))
        return try decode { () throws(EthereumError) in try decoder.string() }
    }

    /// The manager that a handler asks.
    func manager(of handler: EthereumAddress) throws(OperatorError) -> EthereumAddress {
        if let manager = state.withLock({ $0.managers[handler] }) { return manager }
        var decoder = ABIDecoder(try call(handler, "getServiceManager()"))
        let manager = try decode { () throws(EthereumError) in try decoder.address() }
        state.withLock { state in
            if state.managers.count >= Self.countMax { state.managers = [:] }
            state.managers[handler] = manager
        }
        return manager
    }

    /// What a signing key weighs with a manager; 0 for a key of nobody.
    func weight(
        of signer: EthereumAddress,
        _ manager: EthereumAddress
    ) throws(OperatorError) -> UInt256 {
        let key = manager.bytes + signer.bytes
        let now = clock.monotonicNanoseconds()
        if let weight = state.withLock({ $0.weights[key] }), weight.until > now {
            return weight.value
        }
        let value = try freshWeight(of: signer, manager)
        let isNothing = value == UInt256(low: 0)
        let pause = isNothing ? Self.noWeightNanoseconds : Self.weightNanoseconds
        state.withLock { state in
            if state.weights.count >= Self.countMax { state.weights = [:] }
            state.weights[key] = Weight(value: value, until: now &+ pause)
        }
        return value
    }

    private func freshWeight(
        of signer: EthereumAddress,
        _ manager: EthereumAddress
    ) throws(OperatorError) -> UInt256 {
        let arguments = [ABIValue.address(signer)]
        var found = ABIDecoder(
            try call(manager, "getLatestOperatorForSigningKey(address)", arguments)
        )
        let operatorAddress = try decode { () throws(EthereumError) in try found.address() }
        guard operatorAddress != .zero else { return UInt256(low: 0) }
        var weight = ABIDecoder(
            try call(manager, "getOperatorWeight(address)", [.address(operatorAddress)])
        )
        return try decode { () throws(EthereumError) in try weight.uint() }
    }

    /// Forgets what signers weigh, because the contract says otherwise.
    func forgetWeights() { state.withLock { $0.weights = [:] } }

    /// Whether signatures are a quorum.
    func validate(
        _ manager: EthereumAddress,
        _ envelope: Envelope,
        _ signatures: SignatureSet
    ) throws(OperatorError) -> Validation {
        let data = ABIFunction.call(
            "validate((bytes20,bytes12,bytes),(address[],bytes[],uint32))",
            [envelope.abi, signatures.abi]
        )
        do throws(JSONRPCError) {
            _ = try node.call(manager, data)
            return .valid
        } catch {
            guard case .refused(_, let message, let revert) = error, !error.isTransient else {
                throw .chain(error)
            }
            return Self.validation(revert ?? [], message)
        }
    }

    private static func validation(_ revert: [UInt8], _ message: String) -> Validation {
        let selector = Array(revert.prefix(4))
        if selector == ABIFunction.selector("InsufficientQuorum(uint256,uint256,uint256)"),
            revert.count == 100
        {
            return .insufficient(
                signed: UInt256(bigEndian: revert[4..<36]),
                needed: UInt256(bigEndian: revert[36..<68]),
                total: UInt256(bigEndian: revert[68..<100])
            )
        }
        return .refused(reason: RevertReason.text(revert, message))
    }

    /// What a handler would do with an envelope.
    func simulate(
        _ handler: EthereumAddress,
        _ data: [UInt8],
        from sender: EthereumAddress
    ) throws(OperatorError) -> Simulation {
        do throws(JSONRPCError) {
            _ = try node.call(handler, data, from: sender)
            return .accepted
        } catch {
            guard case .refused(_, let message, let revert) = error, !error.isTransient else {
                throw .chain(error)
            }
            let reason = RevertReason.text(revert ?? [], message)
            return RevertReason.meansDone(reason) ? .done : .refused(reason: reason)
        }
    }

    /// What a transaction carries to hand an envelope to a handler.
    static func handling(_ envelope: Envelope, _ signatures: SignatureSet) -> [UInt8] {
        ABIFunction.call(
            "handleSignedEnvelope((bytes20,bytes12,bytes),(address[],bytes[],uint32))",
            [envelope.abi, signatures.abi]
        )
    }

    // MARK: Calls

    private func call(
        _ contract: EthereumAddress,
        _ signature: String,
        _ arguments: [ABIValue] = []
    ) throws(OperatorError) -> [UInt8] {
        do throws(JSONRPCError) {
            return try node.call(contract, ABIFunction.call(signature, arguments))
        } catch {
            throw .chain(error)
        }
    }

    private func decode<Value>(
        _ body: () throws(EthereumError) -> Value
    ) throws(OperatorError) -> Value {
        do throws(EthereumError) {
            return try body()
        } catch {
            throw .ethereum(error)
        }
    }
}

/// What contracts say when they refuse.
enum RevertReason {
    /// Errors of service managers and handlers without arguments.
    private static let names = [
        "InvalidSignatureLength()", "InvalidSignatureBlock()", "InvalidSignatureOrder()",
        "InvalidSignature()", "InsufficientQuorumZero()", "InvalidQuorumParameters()",
        "SignerNotRegistered()", "EventAlreadyHandled()", "EventAlreadyProcessed()",
        "AlreadyHandled()", "AlreadyProcessed()", "EnvelopeAlreadyHandled()",
    ]

    /// The reason in words: the name of a known error, the text of `Error(string)`, or the bytes.
    static func text(_ revert: [UInt8], _ message: String) -> String {
        let selector = Array(revert.prefix(4))
        for name in names where ABIFunction.selector(name) == selector {
            return String(name.dropLast(2))
        }
        if selector == ABIFunction.selector("Error(string)") {
            var decoder = ABIDecoder(Array(revert.dropFirst(4)))
            do throws(EthereumError) {
                return String(try decoder.string().prefix(200))
            } catch {
                return message
            }
        }
        return revert.isEmpty ? message : "0x" + HexDigits.text(Array(revert.prefix(36)))
    }

    /// Whether a handler's reason says that it has the event already.
    static func meansDone(_ reason: String) -> Bool { reason.lowercased().contains("already") }
}

/// The chains that a node knows.
final class ChainDirectory: Sendable {
    private let clock: any Clock
    private let limits: JSONRPCClient.Limits
    private let chains = Mutex<[String: ServiceContracts]>([:])

    init(limits: JSONRPCClient.Limits, clock: any Clock) {
        self.limits = limits
        self.clock = clock
    }

    /// Adds or replaces a chain; nobody is asked yet.
    func add(_ key: String, endpoints: [String]) throws(OperatorError) {
        do throws(JSONRPCError) {
            let node = try EthereumNode(endpoints: endpoints, limits: limits, clock: clock)
            let contracts = ServiceContracts(chain: key, node: node, clock: clock)
            chains.withLock { $0[key] = contracts }
        } catch {
            throw .chain(error)
        }
    }

    /// The contracts of a chain.
    ///
    /// - Throws: `unknownChain`.
    func contracts(_ key: String) throws(OperatorError) -> ServiceContracts {
        guard let contracts = chains.withLock({ $0[key] }) else { throw .unknownChain(key) }
        return contracts
    }

    /// The keys of all chains, ascending.
    var keys: [String] { chains.withLock { $0.keys.sorted() } }
}
