import ComponentHost
import Cryptography
import Dispatcher
import Encoding
import Ethereum
import Foundation
import MessageBus
import Operator
import Platform
import Testing
import TestSupport

/// A service of its own on a chain, and nodes that operate it and talk over a real bus.
struct QuorumBench {
    let chain: TestChain
    let contracts: TestContracts
    let bus: TestBus
    let serviceID: String

    init(_ chain: TestChain) throws {
        self.chain = chain
        contracts = try TestContracts(chain, threshold: 2)
        bus = try TestBus()
        serviceID = ServiceID.text(of: contracts.serviceManager)
    }

    /// A node that operates the service with a weight of 1.
    func node(
        _ number: UInt8,
        answer: [UInt8]? = nil,
        folder: TemporaryDirectory? = nil,
        isNew: Bool = true,
        clock: any Clock = LinuxClock(),
        change: (inout OperatorConfiguration) -> Void = { _ in }
    ) throws -> TestNode {
        let engine = EchoEngine(handler: contracts.handler, answer: answer)
        let node = try TestNode(
            number,
            endpoint: chain.url,
            folder: folder,
            exchange: try bus.exchange(),
            engine: engine,
            clock: clock,
            change: change
        )
        if isNew {
            try contracts.register(node.signer.address)
            try chain.fund(node.payer)
            try node.node.addService(contracts.service, uri: "test")
        }
        return node
    }

    /// A submission that somebody signs for an event of this service.
    func submission(_ payload: [UInt8], about data: [UInt8], by key: EthereumKey)
        -> Submission
    {
        Submission(
            TriggerAction(
                configuration: TriggerConfiguration(
                    serviceID: serviceID,
                    workflowID: "main",
                    trigger: .manual
                ),
                data: .raw(data)
            ),
            WasmResponse(payload: payload),
            signedBy: key,
            SignatureKind(algorithm: .secp256k1, prefix: .eip191)
        )
    }
}
