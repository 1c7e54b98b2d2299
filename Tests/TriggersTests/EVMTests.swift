import ComponentHost
import Ethereum
import HTTP
import LoopbackServers
import Synchronization
import Testing
import TestSupport
import Triggers

@Suite("chains of Ethereum's kind") struct EVMTests {
    private let place: TemporaryDirectory
    private let sink: CollectingSink
    private static let name = "evm:31337"

    init() throws {
        place = try TemporaryDirectory()
        sink = CollectingSink(heldBack: 2)
    }

    private static let event = Trigger.evmContractEvent(
        address: EVMAddress(bytes: SimulatedChain.watched),
        chain: name,
        eventHash: SimulatedChain.event
    )

    private func settings(_ servers: [HTTPServer], confirmations: Int) -> TriggerSettings {
        let urls = servers.map { "http://127.0.0.1:\($0.port)/key" }
        var chain = EVMChain(chain: Self.name, chainID: 31_337, endpoints: urls)
        chain.confirmations = UInt64(confirmations)
        chain.startBlock = 0
        chain.rangeCountMax = 64
        var settings = quickSettings()
        settings.rpcLimits.answerBytesMax = 100_000
        settings.evmChains = [chain]
        return settings
    }

    private func server(_ chain: SimulatedChain) throws -> HTTPServer {
        try HTTPServer(execution: .inline) { chain.answer($0) }
    }

    private func manager(
        _ settings: TriggerSettings,
        _ triggers: [Trigger] = [event]
    ) throws -> TriggerManager {
        let manager = try TriggerManager(path: place.cursors, settings: settings, sink: sink)
        manager.watch(triggers)
        return manager
    }

    /// The log entries that were delivered, in order; each must have been in the block that it names.
    private func delivered(_ chain: SimulatedChain) throws -> [SimulatedChain.Log] {
        var counts: [[[UInt8]]: Int] = [:]
        return try sink.all.map { occurrence in
            guard case .evmContractEvent(Self.name, let log) = occurrence.data else {
                throw HTTPError.invalidURL("no event")
            }
            let content = [log.transactionHash, log.data]
            let repetition = counts[content, default: 0]
            counts[content] = repetition + 1
            let block = try #require(chain.state.withLock { $0.known[log.blockHash] })
            try #require(block.logs.indices.contains(Int(log.logIndex)))
            let found = block.logs[Int(log.logIndex)]
            #expect(block.number == Int(log.blockNumber))
            #expect(SimulatedChain.transactionHash(found.transaction) == log.transactionHash)
            #expect(log.address.bytes == SimulatedChain.watched)
            #expect(log.topics == [SimulatedChain.event])
            #expect(log.blockTimestamp == UInt64(1_000 + 12 * block.number))
            return SimulatedChain.Log(
                transaction: found.transaction,
                address: found.address,
                topic: found.topic,
                data: log.data,
                repetition: repetition
            )
        }
    }

    private func check(_ chain: SimulatedChain) throws {
        eventually("the source has seen everything") { chain.isSettled }
        let found = try delivered(chain)
        let expected = chain.expected
        #expect(Set(found).count == found.count)
        #expect(expected.must.subtracting(found) == [])
        #expect(Set(found).subtracting(expected.may) == [])
    }

    @Test("are read from their first block on, in order, and then followed") func backfill() throws
    {
        let chain = SimulatedChain(seed: 1, confirmations: 3)
        chain.grow(300)
        chain.state.withLock { $0.rangeMax = 50 }
        let server = try server(chain)
        defer { server.stop() }
        let manager = try manager(settings([server], confirmations: 3))
        defer { manager.stop() }
        try check(chain)
        let count = sink.count
        #expect(count > 100)
        chain.grow(10)
        try check(chain)
        #expect(sink.count > count)
        let places = sink.all.map { occurrence -> [UInt64] in
            guard case .evmContractEvent(_, let log) = occurrence.data else { return [] }
            return [log.blockNumber, log.logIndex]
        }
        #expect(places == places.sorted { $0.lexicographicallyPrecedes($1) })
        #expect(sink.handedOver == sink.count)
        #expect(chain.state.withLock { $0.largestRange } == 64)
        #expect(manager.health[1].condition == .following)
    }

    @Test("ranges are split when there is too much in them", arguments: [1, 12])
    func splitting(logCountMax: Int) throws {
        let chain = SimulatedChain(seed: 2, confirmations: 0)
        chain.grow(100)
        let most = chain.state.withLock { state in
            // A block must fit, whatever the limit.
            state.logCountMax = max(
                logCountMax,
                state.blocks.map { block in
                    block.logs.count {
                        $0.address == SimulatedChain.watched && $0.topic == SimulatedChain.event
                    }
                }.max() ?? 0
            )
            return state.logCountMax
        }
        #expect(most < 13)
        let server = try server(chain)
        defer { server.stop() }
        let manager = try manager(settings([server], confirmations: 0))
        defer { manager.stop() }
        try check(chain)
    }

    @Test("nothing is delivered before it is confirmed") func confirmations() throws {
        let chain = SimulatedChain(seed: 3, confirmations: 5)
        let server = try server(chain)
        defer { server.stop() }
        let manager = try manager(settings([server], confirmations: 5))
        defer { manager.stop() }
        for _ in 0..<30 {
            chain.grow(1)
            eventually("it is seen") { chain.isSettled }
            let found = Set(try delivered(chain))
            #expect(found == chain.expected.must)
        }
        #expect(sink.count > 5)
    }

    @Test(
        "whatever the order of growth and reorganisations, also between two answers, nothing is lost or doubled",
        arguments: 1...12 as ClosedRange<UInt64>
    )
    func schedules(seed: UInt64) throws {
        let chain = SimulatedChain(seed: seed, confirmations: Int(seed % 4))
        chain.grow(20)
        chain.state.withLock { $0.disturb = 60 }
        let server = try server(chain)
        defer { server.stop() }
        let settings = settings([server], confirmations: Int(seed % 4))
        for _ in 0..<3 {
            let manager = try manager(settings)
            let goal = chain.state.withLock { max(0, $0.disturb - 20) }
            eventually("the chain was disturbed") { chain.state.withLock { $0.disturb <= goal } }
            // A new manager begins from what the last one wrote.
            manager.stop()
        }
        chain.grow(Int(seed % 4) + 2)
        let manager = try manager(settings)
        defer { manager.stop() }
        try check(chain)
        #expect(sink.count > 10)
    }

    @Test("every fault of an endpoint is overcome", arguments: SimulatedChain.Fault.allCases)
    func faults(fault: SimulatedChain.Fault) throws {
        let chain = SimulatedChain(seed: 5, confirmations: 1)
        chain.grow(30)
        chain.state.withLock { state in
            state.faults = [SimulatedChain.Fault](repeating: fault, count: 15)
        }
        let server = try server(chain)
        defer { server.stop() }
        let manager = try manager(settings([server], confirmations: 1))
        defer { manager.stop() }
        eventually("the faults are over") { chain.state.withLock { $0.faults.isEmpty } }
        try check(chain)
        if fault != .lies { #expect(manager.health[1].lastError != nil) }
    }

    @Test("an endpoint of another chain is not used, the next one is") func wrongChain() throws {
        let wrong = SimulatedChain(seed: 6, confirmations: 0)
        wrong.grow(50)
        wrong.state.withLock { $0.chainID = 1 }
        let right = SimulatedChain(seed: 7, confirmations: 0)
        right.grow(20)
        let servers = [try server(wrong), try server(right)]
        defer { for server in servers { server.stop() } }
        let manager = try manager(settings(servers, confirmations: 0))
        defer { manager.stop() }
        try check(right)
        #expect(manager.health[1].lastError?.contains("of chain 1, not 31337") == true)
        #expect(wrong.state.withLock { $0.questions.keys.sorted() } == ["eth_chainId"])
        #expect(manager.health[1].lastError?.contains("/key") == false)
    }

    @Test("an endpoint that hangs or is dead does not stop the chain, nor another source")
    func deadEndpoint() throws {
        let chain = SimulatedChain(seed: 8, confirmations: 0)
        chain.grow(20)
        let live = try server(chain)
        defer { live.stop() }
        let hanging = try LoopbackServer { connection in _ = connection.read(through: "never") }
        defer { hanging.stop() }
        var settings = settings([live], confirmations: 0)
        settings.rpcLimits.totalMilliseconds = 100
        settings.evmChains[0].endpoints.insert("http://127.0.0.1:\(hanging.port)/", at: 0)
        var dead = EVMChain(chain: "evm:1", chainID: 1, endpoints: ["http://127.0.0.1:1/"])
        dead.confirmations = 0
        settings.evmChains.insert(dead, at: 0)
        let interval = Trigger.blockInterval(
            chain: "evm:1",
            blockCount: 1,
            startBlock: nil,
            endBlock: nil
        )
        let manager = try manager(settings, [Self.event, interval])
        defer { manager.stop() }
        try check(chain)
        eventually("the dead one fails") { manager.health[1].condition == .failing }
        #expect(manager.health[1].name == "evm:1")
        #expect(manager.health[2].condition == .following)
    }

    @Test("a reorganisation below all that is remembered stops the source") func tooDeep() throws {
        let chain = SimulatedChain(seed: 9, confirmations: 0)
        chain.grow(60)
        let server = try server(chain)
        defer { server.stop() }
        var settings = settings([server], confirmations: 0)
        settings.evmChains[0].rememberedBlockCount = 8
        settings.evmChains[0].rangeCountMax = 4
        let manager = try manager(settings)
        defer { manager.stop() }
        eventually("it is seen") { chain.isSettled }
        let count = sink.count
        chain.reorganise(depth: 30)
        eventually("it is noticed") {
            manager.health[1].lastError?.contains("deeper than is remembered") == true
        }
        #expect(sink.count == count)
    }

    @Test("blocks end intervals at heights that all operators share") func intervals() throws {
        let chain = SimulatedChain(seed: 10, confirmations: 2)
        chain.grow(52)
        let server = try server(chain)
        defer { server.stop() }
        let triggers: [Trigger] = [
            .blockInterval(chain: Self.name, blockCount: 10, startBlock: nil, endBlock: nil),
            .blockInterval(chain: Self.name, blockCount: 7, startBlock: 3, endBlock: 31),
            .blockInterval(chain: Self.name, blockCount: 1, startBlock: 49, endBlock: nil),
            .blockInterval(chain: Self.name, blockCount: .max, startBlock: nil, endBlock: nil),
        ]
        var settings = settings([server], confirmations: 2)
        settings.evmChains[0].startBlock = 1
        let manager = try manager(settings, triggers)
        defer { manager.stop() }
        eventually("all ends are there") { sink.count == 5 + 5 + 2 }
        chain.grow(10)
        eventually("the new ones follow") { sink.count == 6 + 5 + 12 }
        func heights(_ trigger: Trigger) -> [UInt64] {
            sink.all.filter { $0.audience == .watchers(of: trigger) }.map { occurrence in
                guard case .blockInterval(_, let height) = occurrence.data else { return 0 }
                return height
            }
        }
        #expect(heights(triggers[0]) == [10, 20, 30, 40, 50, 60])
        #expect(heights(triggers[1]) == [3, 10, 17, 24, 31])
        #expect(heights(triggers[2]) == Array(49...60))
        #expect(heights(triggers[3]) == [])
    }

    @Test("a chain that is followed for the first time begins with what comes") func start() throws
    {
        let chain = SimulatedChain(seed: 11, confirmations: 2)
        chain.grow(40)
        let server = try server(chain)
        defer { server.stop() }
        var settings = settings([server], confirmations: 2)
        settings.evmChains[0].startBlock = nil
        let interval = Trigger.blockInterval(
            chain: Self.name,
            blockCount: 1,
            startBlock: nil,
            endBlock: nil
        )
        let manager = try manager(settings, [interval])
        defer { manager.stop() }
        eventually("it has begun") { manager.health[1].position.hasPrefix("block 39,") }
        #expect(sink.count == 0)
        chain.grow(3)
        eventually("it is seen") { sink.count == 3 }
        #expect(
            sink.all.map(\.data)
                == (39...41).map { .blockInterval(chain: Self.name, blockHeight: UInt64($0)) }
        )
    }
}
