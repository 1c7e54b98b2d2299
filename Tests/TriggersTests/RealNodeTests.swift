import ComponentHost
import Cryptography
import Encoding
import Ethereum
import Foundation
import Platform
import Testing
import TestSupport
import Triggers

/// A node of py-evm in a process of its own.
private final class RealNode {
    let url: String
    private let process: ChildProcess
    private let client: JSONRPCClient

    init() throws {
        process = try .python(Places.tests().appending(path: "Scripts/evm_node.py"))
        url = "http://127.0.0.1:\(try process.firstLine())/"
        client = try JSONRPCClient(endpoints: [url])
    }

    /// Asks for something that only this node has.
    @discardableResult
    func test(_ method: String, _ parameters: String...) throws -> String {
        let values = parameters.map { JSONValue.string(Text($0)) }
        return try client.call("test_" + method, values).string?.string ?? ""
    }
}

@Suite(
    "a real node of Ethereum's kind",
    .enabled(if: Places.hasPython, "the wheels of dependencies.txt are not installed")
)
struct RealNodeTests {
    /// Emits an event with one topic and the first 32 bytes of the call as its data.
    ///
    /// CALLDATALOAD(0) to memory, LOG1 of 32 bytes, STOP; before it what copies that into the new contract.
    private static func bytecode(_ topic: [UInt8]) -> String {
        let runtime =
            [0x60, 0x00, 0x35, 0x60, 0x00, 0x52, 0x7f] + topic
            + [0x60, 0x20, 0x60, 0x00, 0xa1, 0x00]
        let count = UInt8(runtime.count)
        let deployment: [UInt8] = [
            0x60, count, 0x60, 0x0c, 0x60, 0x00, 0x39, 0x60, count, 0x60, 0x00, 0xf3,
        ]
        return "0x" + Hex.encode(deployment + runtime)
    }

    private static func word(_ number: UInt8) -> String {
        "0x" + Hex.encode([UInt8](repeating: 0, count: 31) + [number])
    }

    @Test("its events are delivered once, also when its chain is reorganised") func follows() throws
    {
        let node = try RealNode()
        let place = try TemporaryDirectory()
        let topic = Keccak256.hash(of: Array("Measured(uint256)".utf8)).bytes
        let address = try node.test("deploy", Self.bytecode(topic))
        let other = try node.test("deploy", Self.bytecode(topic))
        var settings = quickSettings()
        var chain = EVMChain(chain: "evm:31337", chainID: 31_337, endpoints: [node.url])
        chain.confirmations = 2
        chain.startBlock = 0
        settings.evmChains = [chain]
        let sink = CollectingSink()
        let manager = try TriggerManager(path: place.cursors, settings: settings, sink: sink)
        defer { manager.stop() }
        manager.watch([
            .evmContractEvent(
                address: EVMAddress(bytes: try Hex.decode(String(address.dropFirst(2)))),
                chain: "evm:31337",
                eventHash: topic
            )
        ])
        func numbers() -> [UInt8] {
            sink.all.map { occurrence in
                guard case .evmContractEvent(_, let log) = occurrence.data else { return 0 }
                #expect(log.blockTimestamp != nil)
                return log.data.last ?? 0
            }
        }
        try node.test("send", address, Self.word(1))
        try node.test("send", other, Self.word(9))
        try node.test("send", address, Self.word(2))
        try node.test("mine")
        eventually("the first one is confirmed") { numbers() == [1] }
        let before = try node.test("snapshot")
        try node.test("mine")
        eventually("the second one is, too") { numbers() == [1, 2] }
        try node.test("send", address, Self.word(3))
        try node.test("mine")
        try node.test("mine")
        eventually("and the third") { numbers() == [1, 2, 3] }
        // The last four blocks are gone; other ones take their place, and the third event with another nonce.
        try node.test("revert", before)
        try node.test("send", address, Self.word(4))
        try node.test("send", address, Self.word(3))
        for _ in 0..<5 { try node.test("mine") }
        eventually("the new chain is followed") { numbers() == [1, 2, 3, 4, 3] }
        #expect(manager.health[1].condition == .following)
    }
}
