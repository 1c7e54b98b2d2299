import ComponentHost
import Cryptography
import Encoding
import Ethereum
import Foundation
import Platform
import Synchronization
import Testing
import TestSupport

/// A chain of py-evm in a process of its own, with the contracts of `Chain/` compiled by vyper.
final class TestChain: Sendable {
    /// What the process says when it is ready.
    private struct Greeting: Codable {
        var port: Int
        var contracts: [String: String]
    }

    /// One process for most tests; it ends with this one, whose end it sees on its input.
    static let shared = Result { try TestChain() }
    /// Another one, for tests that make it fail.
    static let failing = Result { try TestChain() }

    let url: String
    let node: EthereumNode
    private let contracts: [String: String]
    private let process: ChildProcess

    private init() throws {
        let folder = Places.tests().appending(path: "Chain")
        process = try .python(folder.appending(path: "node.py"), [folder.path])
        let greeting = try JSONDecoder().decode(
            Greeting.self,
            from: Data(try process.firstLine().utf8)
        )
        url = "http://127.0.0.1:\(greeting.port)/"
        contracts = greeting.contracts
        node = try EthereumNode(endpoints: [url])
    }

    /// Asks for something that only this chain has.
    @discardableResult
    func test(_ method: String, _ parameters: JSONValue...) throws -> JSONValue {
        try node.client.call("test_" + method, parameters)
    }

    func fund(_ address: EthereumAddress) throws {
        let wei = UInt256(low: 1_000_000_000_000_000_000).quantity
        try test("fund", text(address.lowercased), text(wei))
    }

    /// Makes a contract.
    func deploy(_ name: String, _ arguments: ABIValue) throws -> EthereumAddress {
        let code = try #require(contracts[name])
        let data = code + Hex.encode(arguments.encoded)
        let answer = try test("deploy", text(data))
        return try EthereumAddress(try #require(answer.string).string)
    }

    /// Sends a call as the owner of the contracts.
    func send(_ target: EthereumAddress, _ data: [UInt8]) throws {
        try test("send", text(target.lowercased), text("0x" + Hex.encode(data)))
    }

    private func text(_ text: String) -> JSONValue { .string(Text(text)) }
}

/// A service manager and a service handler of their own for one test.
struct TestContracts: Sendable {
    let chain: TestChain
    let manager: EthereumAddress
    let handler: EthereumAddress

    init(_ chain: TestChain, threshold: UInt128) throws {
        self.chain = chain
        manager = try chain.deploy(
            "ServiceManager",
            .tuple([.uint(UInt256(low: threshold))])
        )
        handler = try chain.deploy("ServiceHandler", .tuple([.address(manager)]))
    }

    /// Lets an account operate the service with a signing key of the same address.
    func register(_ signer: EthereumAddress, weight: UInt128 = 1) throws {
        try chain.send(
            manager,
            ABIFunction.call(
                "register(address,address,uint256)",
                [.address(signer), .address(signer), .uint(UInt256(low: weight))]
            )
        )
    }

    func setURI(_ uri: String) throws {
        try chain.send(manager, ABIFunction.call("setServiceURI(string)", [.string(uri)]))
    }

    /// How many events the handler took.
    var handledCount: UInt256 {
        get throws {
            var decoder = ABIDecoder(
                try chain.node.call(handler, ABIFunction.call("handledCount()"))
            )
            return try decoder.uint()
        }
    }

    /// What the handler took for an event.
    func payload(_ eventID: [UInt8]) throws -> [UInt8] {
        var decoder = ABIDecoder(
            try chain.node.call(
                handler,
                ABIFunction.call("payload(bytes20)", [.fixedBytes(eventID)])
            )
        )
        return try decoder.bytesValue()
    }

    var serviceManager: Service.Manager {
        .evm(chain: "evm:31337", address: EVMAddress(bytes: manager.bytes))
    }

    /// A service with one workflow by hand whose results go to the handler.
    var service: Service {
        let component = ComponentDefinition(source: .digest(String(repeating: "0", count: 64)))
        return Service(
            name: "echo",
            workflows: [
                Workflow(
                    id: "main",
                    trigger: .manual,
                    component: component,
                    submit: .aggregator(
                        component: component,
                        signatureKind: SignatureKind(algorithm: .secp256k1, prefix: .eip191)
                    )
                )
            ],
            status: .active,
            manager: serviceManager
        )
    }
}
