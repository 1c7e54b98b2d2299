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

/// Nodes that talk over a real bus and submit to real contracts on a real chain.
@Suite("Quorum on a chain", .enabled(if: Places.hasPython, "needs .build/python"))
struct QuorumTests {
    let bench: QuorumBench

    init() throws { bench = try QuorumBench(try TestChain.shared.get()) }

    @Test("two of three make a quorum, one transaction, and every node knows that it is over")
    func quorum() throws {
        let nodes = try (1...3).map { try bench.node($0) }
        let data = Array("hello".utf8)
        let id = try nodes[0].trigger(bench.serviceID, data)
        #expect(
            try waitUntil { try nodes[0].stages(id).contains("waiting") },
            "\(nodes[0].story(id))"
        )
        #expect(try bench.contracts.handledCount == UInt256(low: 0))
        #expect(try nodes[1].trigger(bench.serviceID, data) == id)
        #expect(
            try waitUntil { try nodes.allSatisfy { try $0.isBurned(id) } },
            "\(nodes.map { $0.story(id) })"
        )
        #expect(try bench.contracts.handledCount == UInt256(low: 1))
        #expect(try bench.contracts.payload(id.bytes) == data)
        let stages = try nodes[0].stages(id)
        let order = ["accepted", "started", "finished", "signed", "queued", "waiting", "burned"]
        let places = order.compactMap { stages.firstIndex(of: $0) }
        #expect(places.count == order.count, "\(stages)")
        #expect(places == places.sorted(), "\(stages)")
        #expect(
            try nodes[0].explain(id).value("next_step")?.string?.string.hasPrefix("nothing") == true
        )

        // What comes later changes nothing.
        #expect(try nodes[2].trigger(bench.serviceID, data) == id)
        #expect(try waitUntil { try nodes[2].stages(id).contains("signed") })
        let info = try nodes[2].ask("GET", "/info")
        #expect(info.value("chains", "evm:31337", "queues_active")?.number?.integer == 0)
        #expect(try bench.contracts.handledCount == UInt256(low: 1))
    }

    @Test("a forged first submission, a stranger's and a wrong one of an operator, poison nothing")
    func forgeries() throws {
        let nodes = try (4...6).map { try bench.node($0) }
        let data = Array("truth".utf8)
        let stranger = try EthereumKey(bytes: [UInt8](repeating: 9, count: 32))
        let liar = try EthereumKey(bytes: [UInt8](repeating: 8, count: 32))
        try bench.contracts.register(liar.address)
        let forger = try bench.bus.client()
        let subject = "wavs." + bench.serviceID
        let foreign = bench.submission(Array("lie".utf8), about: data, by: stranger)
        let wrong = bench.submission(Array("other".utf8), about: data, by: liar)
        let id = wrong.eventID
        try forger.publish(subject, Array("no JSON".utf8))
        try forger.publish(subject, foreign.encoded)
        try forger.publish(subject, wrong.encoded)
        #expect(try waitUntil { try nodes[0].stages(id).contains("refused") })
        #expect(try waitUntil { try nodes[0].stages(id).contains("queued") })

        #expect(try nodes[0].trigger(bench.serviceID, data) == id)
        // The same submission again takes the place of itself, in its own bucket.
        try forger.publish(subject, wrong.encoded)
        #expect(try waitUntil { try nodes[0].stages(id).filter { $0 == "queued" }.count == 2 })
        let queue = try #require(try nodes[0].explain(id).value("queues")?.array?.first?.object)
        let signatures = try #require(queue["signatures"]?.array)
        #expect(signatures.count == 2)
        let buckets = Set(signatures.compactMap { $0.object?["envelope_hash"]?.string?.string })
        #expect(buckets.count == 2)
        let signers = signatures.compactMap { $0.object?["signer"]?.string?.string }
        #expect(!signers.contains(stranger.address.lowercased))

        _ = try nodes[1].trigger(bench.serviceID, data)
        #expect(try waitUntil { try nodes.allSatisfy { try $0.isBurned(id) } })
        #expect(try bench.contracts.payload(id.bytes) == data)
        #expect(try bench.contracts.handledCount == UInt256(low: 1))
    }

    @Test("a node that comes late learns from the chain that the event is over")
    func lateNode() throws {
        let early = try (9...10).map { try bench.node($0) }
        let data = Array("early".utf8)
        let id = try early[0].trigger(bench.serviceID, data)
        _ = try early[1].trigger(bench.serviceID, data)
        #expect(try waitUntil { try early[0].isBurned(id) })

        let late = try bench.node(11)
        _ = try late.trigger(bench.serviceID, data)
        let peer = try bench.bus.client()
        for node in early {
            let told = bench.submission(data, about: data, by: node.signer)
            try peer.publish("wavs." + bench.serviceID, told.encoded)
        }
        #expect(try waitUntil { try late.isBurned(id) })
        #expect(try late.explain(id).text.contains("has the event already"))
        #expect(try bench.contracts.handledCount == UInt256(low: 1))
    }

    @Test("what waits is taken up again after a restart, and the key stays the same")
    func restart() throws {
        let folder = try TemporaryDirectory()
        let data = Array("restart".utf8)
        var one: TestNode? = try bench.node(14, folder: folder)
        let id = try #require(try one?.trigger(bench.serviceID, data))
        #expect(try waitUntil { try one?.stages(id).contains("waiting") == true })
        let signer = one?.signer.address
        one?.node.stop()
        one = nil
        let again = try bench.node(14, folder: folder, isNew: false)
        #expect(again.signer.address == signer)
        let stages = try again.stages(id)
        #expect(stages.contains("signed"))
        let other = try bench.node(15)
        _ = try other.trigger(bench.serviceID, data)
        #expect(try waitUntil { try again.isBurned(id) && other.isBurned(id) })
        #expect(try bench.contracts.handledCount == UInt256(low: 1))
    }

    @Test("a timer of an aggregator outlives the process") func timer() throws {
        let folder = try TemporaryDirectory()
        var engine = EchoEngine(handler: bench.contracts.handler)
        engine.delaySeconds = 1
        let patient = engine
        let make = { try TestNode(19, endpoint: bench.chain.url, folder: folder, engine: patient) }
        try bench.contracts.register(try make().signer.address, weight: 2)
        var one: TestNode? = try make()
        try bench.chain.fund(try #require(one?.payer))
        try one?.node.addService(bench.contracts.service, uri: "test")
        let id = try #require(try one?.trigger(bench.serviceID, [7]))
        #expect(try waitUntil { try one?.stages(id).contains("timer") == true })
        one?.node.stop()
        one = nil
        let again = try make()
        #expect(try waitUntil { try again.isBurned(id) }, "\(again.story(id))")
        #expect(try bench.contracts.payload(id.bytes) == [7])
    }

    @Test("a queue without a quorum is burned after 48 hours, and forgotten after as many more")
    func burning() throws {
        let clock = LeapingClock()
        let one = try bench.node(20, clock: clock)
        let id = try one.trigger(bench.serviceID, Array("alone".utf8))
        #expect(try waitUntil { try one.stages(id).contains("waiting") }, "\(one.story(id))")
        let life: Int64 = 48 * 3_600_000
        clock.advance(milliseconds: life - 60_000)
        func attempts() throws -> Int64 {
            let queue = try one.explain(id).value("queues")?.array?.first?.object
            return queue?["attempts"]?.number?.integer ?? 0
        }
        let before = try attempts()
        // It is tried again at its time, and nothing ends it yet.
        #expect(try waitUntil { try attempts() > before }, "\(one.story(id))")
        #expect(try !one.isBurned(id))
        clock.advance(milliseconds: 61_000)
        #expect(try waitUntil { try one.isBurned(id) }, "\(one.story(id))")
        #expect(try one.stages(id).contains("expired"))
        #expect(try one.explain(id).text.contains("no quorum in 48 hours"))
        // Who comes now comes too late.
        let peer = try bench.bus.client()
        let late = try EthereumKey(bytes: [UInt8](repeating: 7, count: 32))
        try bench.contracts.register(late.address)
        let data = Array("alone".utf8)
        try peer.publish(
            "wavs." + bench.serviceID,
            bench.submission(data, about: data, by: late).encoded
        )
        #expect(try bench.contracts.handledCount == UInt256(low: 0))
        clock.advance(milliseconds: life + 1_000)
        let isForgotten = try waitUntil {
            try one.explain(id).value("queues")?.array?.isEmpty ?? true
        }
        #expect(isForgotten, "\(one.story(id))")
    }

    @Test("a paused service gets nothing new, and a resumed one goes on")
    func pause() throws {
        let one = try bench.node(16)
        let manager = """
            {"service_manager":{"evm":{"chain":"evm:31337","address":"\(bench.contracts.manager)"}}}
            """
        #expect(try one.ask("POST", "/services/pause", body: manager).status == 204)
        let services = try one.ask("GET", "/services").value("services")?.array
        #expect(services?.first?.object?["status"]?.string?.string == "paused")
        let refused = try one.ask(
            "POST",
            "/dev/triggers",
            body: """
                {"service_id":"\(bench.serviceID)","workflow_id":"main","trigger":"manual",\
                "data":{"Raw":[1]},"wait_for_completion":false}
                """
        )
        #expect(refused.status == 404)
        #expect(try one.ask("POST", "/services/resume", body: manager).status == 204)
        let id = try one.trigger(bench.serviceID, [1])
        #expect(try waitUntil { try one.stages(id).contains("signed") })
    }
}
