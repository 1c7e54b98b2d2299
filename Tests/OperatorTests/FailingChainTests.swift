import ComponentHost
import Cryptography
import Dispatcher
import Encoding
import Ethereum
import Foundation
import MessageBus
import Operator
import Testing
import TestSupport

/// The same on a chain of their own, which fails on demand.
@Suite(
    "Quorum on a chain that fails",
    .serialized,
    .enabled(if: Places.hasPython, "needs .build/python")
)
struct FailingChainTests {
    let bench: QuorumBench

    init() throws { bench = try QuorumBench(try TestChain.failing.get()) }

    @Test("a chain that is down is tried again by time alone")
    func chainDown() throws {
        let nodes = try (7...8).map { try bench.node($0) }
        defer { _ = try? bench.chain.test("down", .boolean(false)) }
        try bench.chain.test("down", .boolean(true))
        let data = Array("patience".utf8)
        let id = try nodes[0].trigger(bench.serviceID, data)
        _ = try nodes[1].trigger(bench.serviceID, data)
        #expect(try waitUntil { try nodes[0].stages(id).contains("signed") })
        let isUnhealthy = try waitUntil {
            try nodes[0].ask("GET", "/health")
                .value("chains", "evm:31337")?.object?["unhealthy"] != nil
        }
        #expect(isUnhealthy)
        #expect(try nodes[0].ask("GET", "/health").status == 200)
        try bench.chain.test("down", .boolean(false))
        #expect(try waitUntil { try nodes[0].isBurned(id) })
        #expect(try bench.contracts.payload(id.bytes) == data)
    }

    @Test("a transaction that the chain forgets is sent again with higher fees under its number")
    func replacement() throws {
        let first = try bench.node(12) { $0.limits.replaceMilliseconds = 200 }
        let second = try bench.node(13) { $0.limits.replaceMilliseconds = 200 }
        defer { _ = try? bench.chain.test("losing", .boolean(false)) }
        let before = try bench.chain.test("sent").array?.count ?? 0
        try bench.chain.test("losing", .boolean(true))
        let data = Array("lost".utf8)
        let id = try first.trigger(bench.serviceID, data)
        _ = try second.trigger(bench.serviceID, data)
        let isSentAgain = try waitUntil {
            try (bench.chain.test("sent").array?.count ?? 0) >= before + 4
        }
        #expect(isSentAgain)
        #expect(try first.explain(id).text.contains("waits for its block"))
        try bench.chain.test("losing", .boolean(false))
        #expect(try waitUntil { try first.isBurned(id) && second.isBurned(id) })
        #expect(try bench.contracts.handledCount == UInt256(low: 1))
        let sent = try bench.chain.test("sent").array?.dropFirst(before) ?? []
        #expect(Set(sent.compactMap { $0.string?.string }).count >= 3)
    }

    @Test("numbers of transactions that are missing are filled, so none stalls") func gap() throws {
        let folder = try TemporaryDirectory()
        var one: TestNode? = try bench.node(17, folder: folder)
        let two = try bench.node(18)
        let payer = try #require(one?.payer)
        defer { _ = try? bench.chain.test("losing", .boolean(false)) }
        try bench.chain.test("losing", .boolean(true))
        let data = Array("gap".utf8)
        let id = try #require(try one?.trigger(bench.serviceID, data))
        _ = try two.trigger(bench.serviceID, data)
        #expect(try waitUntil { try one?.stages(id).contains("submitted") == true })
        one?.node.stop()
        one = nil
        // As if two transactions before it had been lost together with what is known of them.
        _ = try FinishedProgram.output([
            Places.python, "-c",
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
                + "c.execute(sys.argv[2]); c.commit()",
            folder.path(of: "data/node.sqlite"), "UPDATE transactions SET nonce = nonce + 2",
        ])
        try bench.chain.test("losing", .boolean(false))
        let again = try bench.node(17, folder: folder, isNew: false) {
            $0.limits.replaceMilliseconds = 200
        }
        #expect(try waitUntil { try bench.chain.node.transactionCount(of: payer) == 3 })
        #expect(try waitUntil { try again.isBurned(id) })
        #expect(try bench.contracts.handledCount == UInt256(low: 1))
    }
}
