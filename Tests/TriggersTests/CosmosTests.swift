import ComponentHost
import Encoding
import Foundation
import HTTP
import LoopbackServers
import Synchronization
import Testing
import TestSupport
import Triggers

@Suite("recorded answers of CometBFT") struct CometBFTAnswerTests {
    private static func files() throws -> [URL] {
        let folder = (Recordings.hasShared ? Recordings.shared : Recordings.own)
            .appending(path: "cometbft")
        let versions = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return try versions.sorted().flatMap { version in
            let version = folder.appending(path: version)
            return try FileManager.default.contentsOfDirectory(atPath: version.path).sorted()
                .map { version.appending(path: $0) }
        }
    }

    private static func form(_ file: URL) throws -> AttributeForm {
        let status = file.deletingLastPathComponent().appending(path: "status.json")
        guard FileManager.default.fileExists(atPath: status.path) else { return .base64 }
        return try #require(CometBFTStatus(try result(status))).attributeForm
    }

    private static func result(_ file: URL) throws -> JSONValue {
        let value = try JSONValue(decoding: Array(Data(contentsOf: file)))
        return try #require(value.object?["result"])
    }

    private static func object(_ file: URL) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        return try #require(value as? [String: Any])
    }

    @Test("every one is read, and events mean what the node itself says of them") func all() throws
    {
        var kinds: [String: Int] = [:]
        for file in try Self.files() {
            let name = file.lastPathComponent
            let form = try Self.form(file)
            if name.hasPrefix("subscribe_txs_") {
                try checkTransaction(file, form)
                kinds["transaction", default: 0] += 1
            } else if name.hasPrefix("subscribe_newblock_") {
                let text = try String(contentsOf: file, encoding: .utf8)
                guard case .block(let height) = CometBFTAnswers.notice(text) else {
                    Issue.record("\(file.path): no block")
                    continue
                }
                #expect(text.contains(#""height": "\#(height)""#))
                kinds["block", default: 0] += 1
            } else if name.hasPrefix("tx_search") {
                try checkSearch(file, form)
                kinds["search", default: 0] += 1
            } else if name.hasPrefix("block_results") {
                let result = try Self.result(file)
                #expect(CometBFTAnswers.blockResults(result, height: 10, form) == [])
                #expect(CometBFTAnswers.blockResults(result, height: 11, form) == nil)
                let events = CometBFTAnswers.events(result.object?["begin_block_events"], form)
                let mint = try #require(events).first { $0.type == "mint" }
                #expect(mint?.attributes.last == Setting(key: "amount", value: "6179"))
                kinds["results", default: 0] += 1
            } else if name == "subscribe_malformed.json" {
                let text = try String(contentsOf: file, encoding: .utf8)
                guard case .refused = CometBFTAnswers.notice(text) else {
                    Issue.record("\(file.path): no refusal")
                    continue
                }
            } else if name == "subscribe_txs.json" {
                let text = try String(contentsOf: file, encoding: .utf8)
                #expect(CometBFTAnswers.notice(text) == .subscribed)
            } else if name == "status.json" {
                let status = try #require(CometBFTStatus(try Self.result(file)))
                #expect(["dockerchain", "ibc-0"].contains(status.network))
                #expect(status.latestBlock > 50)
                kinds["status", default: 0] += 1
            }
        }
        #expect(kinds["transaction", default: 0] >= 2)
        #expect(kinds["status", default: 0] >= 2)
        if Recordings.hasShared {
            #expect(
                kinds == [
                    "transaction": 6, "block": 8, "search": 3, "results": 1, "status": 4,
                ]
            )
        }
    }

    /// The message has each attribute twice: in the events, and in a list by name that the node made of them.
    private func checkTransaction(_ file: URL, _ form: AttributeForm) throws {
        let text = try String(contentsOf: file, encoding: .utf8)
        let object = try Self.object(file)
        let result = try #require(object["result"] as? [String: Any])
        let listed = try #require(result["events"] as? [String: [String]])
        let height = try #require(listed["tx.height"]?.first)
        #expect(CometBFTAnswers.notice(text) == .block(height: try #require(UInt64(height))))
        let value = try Self.result(file).object?["data"]?.object?["value"]?.object
        let content = value?["TxResult"]?.object?["result"]?.object?["events"]
        let events = try #require(CometBFTAnswers.events(content, form))
        #expect(!events.isEmpty)
        var found: [String: [String]] = [:]
        for event in events {
            for attribute in event.attributes {
                found["\(event.type).\(attribute.key)", default: []].append(attribute.value)
            }
        }
        #expect(found == listed.filter { name, _ in name.hasPrefix("app.") })
    }

    private func checkSearch(_ file: URL, _ form: AttributeForm) throws {
        let result = try Self.result(file)
        let heights = try #require(result.object?["txs"]?.array).compactMap {
            CometBFTAnswers.height($0.object?["height"])
        }
        #expect(heights.count == 9)
        // One answer for one block has transactions of no other.
        #expect(CometBFTAnswers.search(result, height: heights[0], form) == nil)
        for transaction in result.object?["txs"]?.array ?? [] {
            let events = transaction.object?["tx_result"]?.object?["events"]
            let keys = try #require(CometBFTAnswers.events(events, form)).flatMap(\.attributes)
            #expect(keys.contains { $0.key == "creator" && $0.value == "Cosmoshi Netowoko" })
        }
    }

    @Test(
        "attributes are in base64 before version 0.37",
        arguments: [
            ("0.34.21", AttributeForm.base64), ("0.34.0-rc1", .base64), ("v0.33.9", .base64),
            ("0.37.0-alpha.3", .plain), ("0.38.0", .plain), ("1.0.0", .plain), ("odd", .plain),
        ]
    )
    func versions(version: String, form: AttributeForm) {
        #expect(AttributeForm(version: version) == form)
    }
}

/// A Cosmos chain behind JSON-RPC, over HTTP and with notices over a WebSocket.
private final class SimulatedCosmosChain: Sendable {
    struct State {
        /// The types of the events of each block, from block 1 on.
        var blocks: [[String]] = []
        var version = "0.38.0"
        var network = "test-1"
        var keepsResults = true
        var questions: [String] = []
        var peers = 0
    }

    let state = Mutex(State())
    static let contract = "wasm1contract"

    func grow(_ events: [String]) { state.withLock { $0.blocks.append(events) } }

    /// Serves a connection: a question over HTTP after the other, or a WebSocket.
    func serve(_ connection: LoopbackConnection) {
        while true {
            let head = String(decoding: connection.read(through: "\r\n\r\n"), as: UTF8.self)
            if head.isEmpty { return }
            if head.contains("Upgrade: websocket") { return notify(connection, head) }
            let field = head.components(separatedBy: "\r\n").first {
                $0.lowercased().hasPrefix("content-length:")
            }
            let count = field.flatMap { Int($0.dropFirst(15).trimmingPrefix(" ")) } ?? 0
            var body: [UInt8] = []
            while body.count < count {
                let more = connection.read()
                if more.isEmpty { return }
                body += more
            }
            let answer = answer(body)
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(answer.count)\r\n\r\n")
            connection.write(answer)
        }
    }

    private func notify(_ connection: LoopbackConnection, _ head: String) {
        guard let peer = LoopbackWebSocket(connection, head: head),
            case .text(let question)? = peer.receive(), question.contains("NewBlock")
        else { return }
        peer.send(#"{"jsonrpc":"2.0","id":1,"result":{}}"#)
        var told = state.withLock { state in
            state.peers += 1
            return state.blocks.count
        }
        // Block by block, as they come; the test's end closes the connection.
        while true {
            let height = state.withLock { $0.blocks.count }
            if height == told {
                guard peer.send(raw: [0x8a, 0x00]) else { return }
                usleep(1_000)
                continue
            }
            told = height
            let header = #"{"block":{"header":{"height":"\#(height)"}}}"#
            peer.send(
                #"{"jsonrpc":"2.0","id":1,"result":{"data":{"type":"tendermint/event/NewBlock","#
                    + #""value":\#(header)}}}"#
            )
        }
    }

    private func answer(_ body: [UInt8]) -> [UInt8] {
        let value = (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
        let method = value["method"] as? String ?? ""
        let parameters = value["params"] as? [Any] ?? []
        let result: Any? = state.withLock { state in
            state.questions.append(method)
            switch method {
            case "status":
                return [
                    "node_info": ["network": state.network, "version": state.version],
                    "sync_info": ["latest_block_height": "\(state.blocks.count)"],
                ]
            case "block_results" where state.keepsResults:
                let height = Int(parameters[0] as? String ?? "") ?? 0
                let events = state.blocks[height - 1].map { Self.event($0, state.version) }
                let transactions: [[String: Any]] = [
                    ["events": Array(events.prefix(1))], ["events": Array(events.dropFirst())],
                ]
                let results: Any = events.isEmpty ? NSNull() : transactions
                return ["height": "\(height)", "txs_results": results]
            case "tx_search":
                let query = parameters[0] as? String ?? ""
                let height = Int(query.split(separator: "=").last ?? "") ?? 0
                let page = Int(parameters[2] as? String ?? "") ?? 0
                let events = state.blocks[height - 1].map { Self.event($0, state.version) }
                // One transaction an event, one a page, the last one first.
                let index = events.count - page
                var transactions: [[String: Any]] = []
                if index >= 0 {
                    transactions.append([
                        "height": "\(height)", "index": index,
                        "tx_result": ["events": [events[index]]],
                    ])
                }
                return ["total_count": "\(events.count)", "txs": transactions]
            default: return nil
            }
        }
        var answer: [String: Any] = ["jsonrpc": "2.0", "id": value["id"] ?? 0]
        if let result {
            answer["result"] = result
        } else {
            answer["error"] = ["code": -32_603, "message": "Internal error", "data": "no results"]
        }
        return Array((try? JSONSerialization.data(withJSONObject: answer)) ?? Data())
    }

    private static func event(_ type: String, _ version: String) -> [String: Any] {
        let attributes = [("_contract_address", contract), ("note", "é \(type)")]
        return [
            "type": type,
            "attributes": attributes.map { key, value -> [String: Any] in
                let isOld = version.hasPrefix("0.34")
                return [
                    "key": isOld ? Data(key.utf8).base64EncodedString() : key,
                    "value": isOld ? Data(value.utf8).base64EncodedString() : value,
                    "index": true,
                ]
            },
        ]
    }
}

@Suite("Cosmos chains") struct CosmosTests {
    private let place: TemporaryDirectory
    private let sink = CollectingSink()
    private static let name = "cosmos:test-1"

    init() throws { place = try TemporaryDirectory() }

    private static let tick = Trigger.cosmosContractEvent(
        address: CosmosAddress(bech32: SimulatedCosmosChain.contract, prefixCount: 4),
        chain: name,
        eventType: "tick"
    )

    private func manager(_ ports: [UInt16], idle: UInt64 = 1_000_000) throws -> TriggerManager {
        var settings = quickSettings()
        settings.pauses.idleNanoseconds = idle
        let urls = ports.map { "http://127.0.0.1:\($0)" }
        var chain = CosmosChain(chain: Self.name, chainID: "test-1", endpoints: urls)
        chain.startBlock = 1
        settings.cosmosChains = [chain]
        let manager = try TriggerManager(path: place.cursors, settings: settings, sink: sink)
        manager.watch([
            Self.tick,
            .blockInterval(chain: Self.name, blockCount: 4, startBlock: nil, endBlock: nil),
        ])
        return manager
    }

    private var found: [String] {
        sink.all.map { occurrence in
            switch occurrence.data {
            case .cosmosContractEvent(_, _, let event, let index, let height):
                "\(height) \(index) \(event.type) \(event.attributes[1].value)"
            case .blockInterval(_, let height): "\(height)"
            default: "?"
            }
        }
    }

    @Test(
        "are read block by block, in both forms of attributes and without results",
        arguments: [("0.34.24", true), ("0.38.0", true), ("0.34.24", false), ("0.37.2", false)]
    )
    func follows(version: String, keepsResults: Bool) throws {
        let chain = SimulatedCosmosChain()
        chain.state.withLock { state in
            state.version = version
            state.keepsResults = keepsResults
            state.blocks = [
                [], ["wasm-tick", "transfer", "wasm-tick"], ["wasm-tock", "tick"], [], ["wasm"],
            ]
        }
        let server = try LoopbackServer { chain.serve($0) }
        defer { server.stop() }
        let manager = try manager([server.port])
        defer { manager.stop() }
        eventually("what is there is read") { sink.count == 3 }
        chain.grow(["x", "wasm-tick"])
        eventually("what comes is read") { sink.count == 4 }
        #expect(
            found == [
                "2 0 tick é wasm-tick", "2 2 tick é wasm-tick", "4", "6 1 tick é wasm-tick",
            ]
        )
        #expect(sink.handedOver == 4)
        #expect(chain.state.withLock { $0.questions.contains("tx_search") } == !keepsResults)
    }

    @Test("a new block is noticed by the subscription, without a pause") func notices() throws {
        let chain = SimulatedCosmosChain()
        chain.grow([])
        let server = try LoopbackServer { chain.serve($0) }
        defer { server.stop() }
        // Without the subscription the second look would come in an hour.
        let manager = try manager([server.port], idle: 3_600_000_000_000)
        defer { manager.stop() }
        eventually("it is subscribed") { chain.state.withLock { $0.peers } == 1 }
        chain.grow(["wasm-tick"])
        eventually("the event is there") { sink.count == 1 }
    }

    @Test("an endpoint of another chain is passed over") func otherChain() throws {
        let wrong = SimulatedCosmosChain()
        wrong.state.withLock { $0.network = "other-9" }
        let right = SimulatedCosmosChain()
        right.grow(["wasm-tick"])
        let servers = [
            try LoopbackServer { wrong.serve($0) }, try LoopbackServer { right.serve($0) },
        ]
        defer { for server in servers { server.stop() } }
        let manager = try manager(servers.map(\.port))
        defer { manager.stop() }
        eventually("the event is there") { sink.count == 1 }
        #expect(manager.health[1].lastError?.contains("other-9") == true)
        #expect(wrong.state.withLock { Set($0.questions) } == ["status"])
    }
}
