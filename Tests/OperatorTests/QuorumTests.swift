import ComponentHost
import Cryptography
import Dispatcher
import Encoding
import Ethereum
import Foundation
import MessageBus
import Operator
import Testing

/// Nodes that talk over a real bus and submit to real contracts on a real chain.
@Suite("Quorum on a chain", .serialized, .enabled(if: TestChain.isAvailable, "needs .build/python"))
struct QuorumTests {
    let chain: TestChain
    let contracts: TestContracts
    let bus: TestBus
    let serviceID: String

    init() throws {
        chain = try TestChain.shared.get()
        contracts = try TestContracts(chain, threshold: 2)
        bus = try TestBus()
        serviceID = ServiceID.text(of: contracts.serviceManager)
    }

    /// A node that operates the service with a weight of 1.
    private func node(
        _ number: UInt8,
        answer: [UInt8]? = nil,
        folder: TestFolder? = nil,
        isNew: Bool = true,
        change: (inout OperatorConfiguration) -> Void = { _ in }
    ) throws -> TestNode {
        let engine = EchoEngine(handler: contracts.handler, answer: answer)
        let node = try TestNode(
            number,
            endpoint: chain.url,
            folder: folder,
            exchange: try bus.exchange(),
            engine: engine,
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
    private func submission(_ payload: [UInt8], about data: [UInt8], by key: EthereumKey)
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

    @Test("two of three make a quorum, one transaction, and every node knows that it is over")
    func quorum() throws {
        let nodes = try (1...3).map { try node($0) }
        let data = Array("hello".utf8)
        let id = try nodes[0].trigger(serviceID, data)
        #expect(
            try eventually { try nodes[0].stages(id).contains("waiting") },
            "\(nodes[0].story(id))"
        )
        #expect(try contracts.handledCount == UInt256(low: 0))
        #expect(try nodes[1].trigger(serviceID, data) == id)
        #expect(
            try eventually { try nodes.allSatisfy { try $0.isBurned(id) } },
            "\(nodes.map { $0.story(id) })"
        )
        #expect(try contracts.handledCount == UInt256(low: 1))
        #expect(try contracts.payload(id.bytes) == data)
        let stages = try nodes[0].stages(id)
        let order = ["accepted", "started", "finished", "signed", "queued", "waiting", "burned"]
        let places = order.compactMap { stages.firstIndex(of: $0) }
        #expect(places.count == order.count, "\(stages)")
        #expect(places == places.sorted(), "\(stages)")
        #expect(
            try nodes[0].explain(id).value("next_step")?.string?.string.hasPrefix("nothing") == true
        )

        // What comes later changes nothing.
        #expect(try nodes[2].trigger(serviceID, data) == id)
        #expect(try eventually { try nodes[2].stages(id).contains("signed") })
        let info = try nodes[2].ask("GET", "/info")
        #expect(info.value("chains", "evm:31337", "queues_active")?.number?.integer == 0)
        #expect(try contracts.handledCount == UInt256(low: 1))
    }

    @Test("a forged first submission, a stranger's and a wrong one of an operator, poison nothing")
    func forgeries() throws {
        let nodes = try (4...6).map { try node($0) }
        let data = Array("truth".utf8)
        let stranger = try EthereumKey(bytes: [UInt8](repeating: 9, count: 32))
        let liar = try EthereumKey(bytes: [UInt8](repeating: 8, count: 32))
        try contracts.register(liar.address)
        let forger = try bus.client()
        let subject = "wavs." + serviceID
        let foreign = submission(Array("lie".utf8), about: data, by: stranger)
        let wrong = submission(Array("other".utf8), about: data, by: liar)
        let id = wrong.eventID
        try forger.publish(subject, Array("no JSON".utf8))
        try forger.publish(subject, foreign.encoded)
        try forger.publish(subject, wrong.encoded)
        #expect(try eventually { try nodes[0].stages(id).contains("refused") })
        #expect(try eventually { try nodes[0].stages(id).contains("queued") })

        #expect(try nodes[0].trigger(serviceID, data) == id)
        // The same submission again takes the place of itself, in its own bucket.
        try forger.publish(subject, wrong.encoded)
        #expect(try eventually { try nodes[0].stages(id).filter { $0 == "queued" }.count == 2 })
        let queue = try #require(try nodes[0].explain(id).value("queues")?.array?.first?.object)
        let signatures = try #require(queue["signatures"]?.array)
        #expect(signatures.count == 2)
        let buckets = Set(signatures.compactMap { $0.object?["envelope_hash"]?.string?.string })
        #expect(buckets.count == 2)
        let signers = signatures.compactMap { $0.object?["signer"]?.string?.string }
        #expect(!signers.contains(stranger.address.lowercased))

        _ = try nodes[1].trigger(serviceID, data)
        #expect(try eventually { try nodes.allSatisfy { try $0.isBurned(id) } })
        #expect(try contracts.payload(id.bytes) == data)
        #expect(try contracts.handledCount == UInt256(low: 1))
    }

    @Test("a chain that is down is tried again by time alone")
    func chainDown() throws {
        let nodes = try (7...8).map { try node($0) }
        defer { _ = try? chain.test("down", .boolean(false)) }
        try chain.test("down", .boolean(true))
        let data = Array("patience".utf8)
        let id = try nodes[0].trigger(serviceID, data)
        _ = try nodes[1].trigger(serviceID, data)
        #expect(try eventually { try nodes[0].stages(id).contains("signed") })
        let isUnhealthy = try eventually {
            try nodes[0].ask("GET", "/health")
                .value("chains", "evm:31337")?.object?["unhealthy"] != nil
        }
        #expect(isUnhealthy)
        #expect(try nodes[0].ask("GET", "/health").status == 200)
        try chain.test("down", .boolean(false))
        #expect(try eventually { try nodes[0].isBurned(id) })
        #expect(try contracts.payload(id.bytes) == data)
    }

    @Test("a node that comes late learns from the chain that the event is over")
    func lateNode() throws {
        let early = try (9...10).map { try node($0) }
        let data = Array("early".utf8)
        let id = try early[0].trigger(serviceID, data)
        _ = try early[1].trigger(serviceID, data)
        #expect(try eventually { try early[0].isBurned(id) })

        let late = try node(11)
        _ = try late.trigger(serviceID, data)
        let peer = try bus.client()
        for node in early {
            let told = submission(data, about: data, by: node.signer)
            try peer.publish("wavs." + serviceID, told.encoded)
        }
        #expect(try eventually { try late.isBurned(id) })
        #expect(try late.explain(id).text.contains("has the event already"))
        #expect(try contracts.handledCount == UInt256(low: 1))
    }

    @Test("a transaction that the chain forgets is sent again with higher fees under its number")
    func replacement() throws {
        let first = try node(12) { $0.limits.replaceMilliseconds = 200 }
        let second = try node(13) { $0.limits.replaceMilliseconds = 200 }
        defer { _ = try? chain.test("losing", .boolean(false)) }
        let before = try chain.test("sent").array?.count ?? 0
        try chain.test("losing", .boolean(true))
        let data = Array("lost".utf8)
        let id = try first.trigger(serviceID, data)
        _ = try second.trigger(serviceID, data)
        let isSentAgain = try eventually {
            try (chain.test("sent").array?.count ?? 0) >= before + 4
        }
        #expect(isSentAgain)
        #expect(try first.explain(id).text.contains("waits for its block"))
        try chain.test("losing", .boolean(false))
        #expect(try eventually { try first.isBurned(id) && second.isBurned(id) })
        #expect(try contracts.handledCount == UInt256(low: 1))
        let sent = try chain.test("sent").array?.dropFirst(before) ?? []
        #expect(Set(sent.compactMap { $0.string?.string }).count >= 3)
    }

    @Test("what waits is taken up again after a restart, and the key stays the same")
    func restart() throws {
        let folder = try TestFolder()
        let data = Array("restart".utf8)
        var one: TestNode? = try node(14, folder: folder)
        let id = try #require(try one?.trigger(serviceID, data))
        #expect(try eventually { try one?.stages(id).contains("waiting") == true })
        let signer = one?.signer.address
        one?.node.stop()
        one = nil
        let again = try node(14, folder: folder, isNew: false)
        #expect(again.signer.address == signer)
        let stages = try again.stages(id)
        #expect(stages.contains("signed"))
        let other = try node(15)
        _ = try other.trigger(serviceID, data)
        #expect(try eventually { try again.isBurned(id) && other.isBurned(id) })
        #expect(try contracts.handledCount == UInt256(low: 1))
    }

    @Test("a paused service gets nothing new, and a resumed one goes on")
    func pause() throws {
        let one = try node(16)
        let manager = """
            {"service_manager":{"evm":{"chain":"evm:31337","address":"\(contracts.manager)"}}}
            """
        #expect(try one.ask("POST", "/services/pause", body: manager).status == 204)
        let services = try one.ask("GET", "/services").value("services")?.array
        #expect(services?.first?.object?["status"]?.string?.string == "paused")
        let refused = try one.ask(
            "POST",
            "/dev/triggers",
            body: """
                {"service_id":"\(serviceID)","workflow_id":"main","trigger":"manual",\
                "data":{"Raw":[1]},"wait_for_completion":false}
                """
        )
        #expect(refused.status == 404)
        #expect(try one.ask("POST", "/services/resume", body: manager).status == 204)
        let id = try one.trigger(serviceID, [1])
        #expect(try eventually { try one.stages(id).contains("signed") })
    }
}
